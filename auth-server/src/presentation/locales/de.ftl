# Was die Seiten sagen. Jede Meldung hat ihr Gegenstück in den anderen Dateien dieses Ordners.

## Anmeldung

login-title = Anmelden
login-for = um fortzufahren zu { $client }
login-username = Benutzername oder E-Mail-Adresse
login-password = Passwort
login-reveal = Zeigen
    .label = Passwort zeigen
login-submit = Anmelden
login-cancel = Abbrechen
login-wrong-credentials = Benutzername oder Passwort stimmt nicht. Bitte beides prüfen und erneut versuchen.
login-too-many-attempts =
    { $minutes ->
        [one] Es gab zu viele Versuche. Bitte in einer Minute erneut versuchen.
       *[other] Es gab zu viele Versuche. Bitte in { $minutes } Minuten erneut versuchen.
    }
login-interaction-required = Die Anwendung bittet um eine Bestätigung, dass Sie es sind. Geben Sie Ihr Passwort ein, um fortzufahren.
login-password-change-due = Ihr Passwort muss geändert werden. Geben Sie es noch einmal ein und wählen Sie ein neues.
login-new-password = Neues Passwort
login-new-reveal = Zeigen
    .label = Neues Passwort zeigen
login-new-password-too-short = Das neue Passwort braucht mindestens { $characters } Zeichen. Ein Satz aus ein paar Wörtern ist leicht zu merken.
login-new-password-too-long = Das neue Passwort ist zu lang.
login-new-password-common = Das neue Passwort gehört zu denen, die Angreifer zuerst versuchen. Wählen Sie ein anderes, zum Beispiel einen Satz aus Wörtern, die nichts miteinander zu tun haben.
login-new-password-expected = Das neue Passwort besteht aus Ihrem Namen, Ihrem Konto oder dem Namen dieses Dienstes. Wählen Sie ein anderes, zum Beispiel einen Satz aus Wörtern, die nichts miteinander zu tun haben.
login-new-password-repeats = Das neue Passwort wiederholt ein kurzes Stück. Wählen Sie ein anderes, zum Beispiel einen Satz aus Wörtern, die nichts miteinander zu tun haben.
login-new-password-sequence = Das neue Passwort folgt dem Alphabet, den Ziffern oder den Tasten. Wählen Sie ein anderes, zum Beispiel einen Satz aus Wörtern, die nichts miteinander zu tun haben.
login-new-password-unchanged = Das neue Passwort ist das alte. Wählen Sie ein anderes.
login-busy = Gerade melden sich so viele Personen an, dass Sie zu lange warten müssten. Bitte gleich noch einmal versuchen.

## Zustimmung

consent-title = { $client } bittet um Zugriff
consent-account = Konto
consent-wants = Wenn Sie zustimmen, darf die Anwendung:
consent-new = neu
consent-offline = auch während Sie nicht angemeldet sind
consent-host = Zurück zu
consent-allow = Zustimmen
consent-deny = Ablehnen
consent-unchecked = Diese Anwendung hat sich selbst registriert. Niemand, der diesen Server betreibt, hat geprüft, wer sie ist.
consent-website = Website der Anwendung
consent-policy = Datenschutzerklärung der Anwendung
consent-terms = Nutzungsbedingungen der Anwendung
consent-only-if = Stimmen Sie nur zu, wenn Sie der Anwendung vertrauen und sie soeben selbst gestartet haben.

## Berechtigungen, die OpenID Connect festlegt

scope-openid = wissen, dass Sie es sind
scope-profile = Ihren Namen und Ihr Profil sehen
scope-email = Ihre E-Mail-Adresse sehen
scope-address = Ihre Postanschrift sehen
scope-phone = Ihre Telefonnummer sehen
scope-offline_access = diesen Zugriff behalten, bis Sie ihn widerrufen

## Anwendungen des Kontos

applications-title = Anwendungen mit Zugriff
applications-account = Sie sind als { $user } angemeldet.
applications-none = Keine Anwendung hat Zugriff auf Ihr Konto.
applications-withdrawn = Der Zugriff ist entzogen. Die Anwendung ist abgemeldet.
applications-since = Erlaubt seit { $date }
applications-withdraw = { $client } den Zugriff entziehen
applications-logout = Abmelden
applications-own = Ihr Konto

## Abmeldung

logout-title = Abmelden?
logout-asked-by = { $client } bittet darum, Sie abzumelden.
logout-account = Sie sind angemeldet als { $user }.
logout-confirm = Abmelden
logout-otherwise = Um angemeldet zu bleiben, schließen Sie diese Seite.
logged-out-title = Sie sind abgemeldet
logged-out-text = Sie können diese Seite jetzt schließen.
logged-out-telling = Die Anwendungen, die Sie benutzt haben, werden benachrichtigt.
logged-out-continue = Weiter
logged-out-frame = Abmeldung bei einer Anwendung

## Eine Antwort auf dem Weg zur Anwendung

form-post-title = Einen Augenblick
form-post-text = Ihre Antwort wird der Anwendung übergeben. Wenn nichts geschieht, drücken Sie die Schaltfläche.
form-post-submit = Weiter

## Fehler: was geschehen ist und was zu tun ist

error = Fehler
error-code = Fehlercode
error-request-id = Kennung der Anfrage
error-continue = Weiter zur Anwendung

error-unknown-client = Diese Anwendung ist hier nicht bekannt
    .text = Der Verweis, der Sie hierher geführt hat, nennt eine Anwendung, die bei diesem Server nicht registriert ist.
    .advice = Gehen Sie zurück und beginnen Sie in der Anwendung von vorn. Geschieht es wieder, sagen Sie es den Betreibern der Anwendung.
error-disabled-client = Diese Anwendung ist abgeschaltet
    .text = Die Anwendung, die Sie hierher geschickt hat, ist registriert, aber zurzeit kann sich niemand bei ihr anmelden.
    .advice = Fragen Sie die Betreiber der Anwendung.
error-redirect-uri-missing = Die Anwendung hat nicht gesagt, wohin es zurückgeht
    .text = Die Anfrage enthält keine Rücksprungadresse (redirect URI), und die Anwendung hat nicht genau eine registriert.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-redirect-uri-not-registered = Die Rücksprungadresse ist nicht registriert
    .text = Die Rücksprungadresse (redirect URI) dieser Anfrage hat die Anwendung nicht registriert. Sie werden nicht dorthin geschickt, denn sie könnte jemand anderem gehören.
    .advice = Machen Sie nicht weiter, wenn Sie dies nicht selbst begonnen haben. Sagen Sie es sonst den Betreibern der Anwendung.
error-redirect-uri-malformed = Die Rücksprungadresse ist ungültig
    .text = Die Rücksprungadresse (redirect URI) dieser Anfrage ist keine absolute URL ohne Fragment.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-repeated-parameter = Die Anfrage sagt dasselbe zweimal
    .text = Eine Angabe, die nur einmal vorkommen darf, ist mehrfach vorhanden. Was gemeint ist, bleibt unklar.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-request-malformed = Die Anfrage ist nicht lesbar
    .text = Etwas in der Anfrage ist nicht so kodiert, wie es sein muss.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-request-too-large = Die Anfrage ist zu groß
    .text = Die Anfrage oder einer ihrer Werte ist länger, als dieser Server annimmt.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-request-expired = Diese Anmeldung hat zu lange gedauert
    .text = Die Anfrage gilt nicht mehr, weil seit ihrem Beginn zu viel Zeit vergangen ist.
    .advice = Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.
error-request-uri-invalid = Die Anfrage ist nicht zu finden
    .text = Die Anfrage (request URI) ist hier nicht bekannt, abgelaufen oder schon benutzt.
    .advice = Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.
error-already-decided = Das ist schon entschieden
    .text = Die Anfrage wurde bereits beantwortet, vielleicht in einem anderen Tab, oder Sie sind mit der Zurück-Taste hierher gekommen.
    .advice = Gehen Sie zurück zur Anwendung. Sind Sie dort nicht angemeldet, beginnen Sie von vorn.
error-wrong-browser = Diese Anmeldung hat in einem anderen Browser begonnen
    .text = Die Anfrage gehört zu einem anderen Browser, oder dieser Browser hat das zugehörige Cookie verloren oder abgelehnt.
    .advice = Erlauben Sie Cookies für diese Seite und beginnen Sie in der Anwendung von vorn. Benutzen Sie nie einen Verweis auf diese Seite, den Ihnen jemand geschickt hat.
error-forged-form = Das Formular gehört nicht zu dieser Seite
    .text = Was gesendet wurde, stammt nicht von einer Seite, die dieser Server diesem Browser gezeigt hat. Es wurde nichts getan.
    .advice = Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-hint-not-valid = Der Hinweis ist ungültig
    .text = Der Hinweis auf eine Person (ID token hint) in dieser Anfrage stammt nicht von diesem Server oder lässt sich nicht prüfen.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-logout-client-mismatch = Die Bitte um Abmeldung widerspricht sich
    .text = Die Kennung der Anwendung (client id) und der Hinweis (ID token hint) nennen verschiedene Anwendungen.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-post-logout-uri-not-registered = Die Adresse nach der Abmeldung ist nicht registriert
    .text = Die Adresse, zu der es nach der Abmeldung gehen soll (post-logout redirect URI), hat die Anwendung nicht registriert. Sie werden nicht dorthin geschickt.
    .advice = Sagen Sie es den Betreibern der Anwendung.
error-untrusted-client = Zurück zur Anwendung?
    .text = Die Anwendung erhält keinen Zugriff, sondern eine Fehlermeldung. Sie hat sich selbst registriert und wurde von den Betreibern dieses Servers nicht geprüft. Sie entscheiden, ob Sie zu ihr zurückkehren.
    .advice = Fahren Sie nur fort, wenn Sie die Anwendung kennen.
error-not-found = Hier ist nichts
    .text = Diese Adresse gibt es auf diesem Server nicht.
    .advice = Prüfen Sie die Adresse, oder gehen Sie zurück zur Anwendung.
error-busy = Gerade ist zu viel zu tun
    .text = Dieser Server kann im Moment nicht antworten.
    .advice = Bitte gleich noch einmal versuchen.
error-ours = Hier ist etwas schiefgegangen
    .text = Das liegt nicht an Ihnen. Die Ursache steht in unserem Protokoll, unter der Kennung, die Sie unten sehen.
    .advice = Bitte gleich noch einmal versuchen. Geschieht es wieder, nennen Sie den Betreibern dieses Servers die Kennung.
