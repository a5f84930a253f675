# What the pages say. Every message here has its counterpart in the other files of this folder.

## Login

login-title = Sign in
login-for = to continue to { $client }
login-username = User name or e-mail address
login-password = Password
login-reveal = Show
    .label = Show password
login-submit = Sign in
login-cancel = Cancel
login-wrong-credentials = The user name or the password is not right. Check both and try again.
login-too-many-attempts =
    { $minutes ->
        [one] There were too many attempts. Try again in a minute.
       *[other] There were too many attempts. Try again in { $minutes } minutes.
    }
login-interaction-required = The application asks you to confirm that it is you. Enter your password to continue.
login-password-change-due = Your password has to be changed. Enter it once more, and choose a new one.
login-new-password = New password
login-new-reveal = Show
    .label = Show new password
login-new-password-too-short = The new password needs at least { $characters } characters. A sentence of a few words is easy to remember.
login-new-password-too-long = The new password is too long.
login-new-password-common = The new password is one of those that attackers try first. Choose another, for example a sentence of unrelated words.
login-new-password-expected = The new password is made of your name, your account or the name of this service. Choose another, for example a sentence of unrelated words.
login-new-password-repeats = The new password repeats a short piece. Choose another, for example a sentence of unrelated words.
login-new-password-sequence = The new password follows the alphabet, the digits or the keys. Choose another, for example a sentence of unrelated words.
login-new-password-unchanged = The new password is the old one. Choose another.
login-busy = So many people are signing in that you would have to wait too long. Try again in a moment.

## Consent

consent-title = { $client } asks for access
consent-account = Account
consent-wants = If you allow it, the application will be able to:
consent-new = new
consent-offline = Also while you are not signed in
consent-host = Returns to
consent-allow = Allow
consent-deny = Do not allow
consent-unchecked = This application registered itself. Nobody who runs this server has checked who it is.
consent-website = Website of the application
consent-policy = Privacy policy of the application
consent-terms = Terms of service of the application
consent-only-if = Allow this only if you trust the application and have just started it yourself.

## Scopes that OpenID Connect defines

scope-openid = Know that it is you
scope-profile = See your name and profile
scope-email = See your e-mail address
scope-address = See your postal address
scope-phone = See your phone number
scope-offline_access = Keep this access until you withdraw it

## Applications of the account

applications-title = Applications with access
applications-account = You are signed in as { $user }.
applications-none = No application has access to your account.
applications-withdrawn = The access was withdrawn. The application is signed out.
applications-since = Allowed since { $date }
applications-withdraw = Withdraw the access of { $client }
applications-logout = Sign out
applications-own = your account

## Logout

logout-title = Sign out?
logout-asked-by = { $client } asks to sign you out.
logout-account = You are signed in as { $user }.
logout-confirm = Sign out
logout-otherwise = To stay signed in, close this page.
logged-out-title = You are signed out
logged-out-text = You can close this page now.
logged-out-telling = The applications you used are being told.
logged-out-continue = Continue
logged-out-frame = Signing out of an application

## A response on its way to the application

form-post-title = One moment
form-post-text = Your answer is being handed to the application. If nothing happens, press the button.
form-post-submit = Continue

## Errors: what happened, and what to do about it

error = Error
error-code = Error code
error-request-id = Request id
error-continue = Continue to the application

error-unknown-client = This application is not known here
    .text = The link that brought you here names an application that is not registered with this server.
    .advice = Go back and start again from the application. If this happens again, tell those who run it.
error-disabled-client = This application is switched off
    .text = The application that sent you here is registered, but at present nobody can sign in to it.
    .advice = Ask those who run the application.
error-redirect-uri-missing = The application did not say where to return to
    .text = The request has no redirect URI, and the application has not registered exactly one.
    .advice = Tell those who run the application.
error-redirect-uri-not-registered = The return address is not registered
    .text = The redirect URI of this request is not one that the application has registered. You are not sent there, because it may belong to somebody else.
    .advice = Do not go on if you did not start this yourself. Otherwise tell those who run the application.
error-redirect-uri-malformed = The return address is not valid
    .text = The redirect URI of this request is not an absolute URL without a fragment.
    .advice = Tell those who run the application.
error-repeated-parameter = The request says the same thing twice
    .text = A parameter that may be given once is there several times, so it is not clear what is meant.
    .advice = Tell those who run the application.
error-request-malformed = The request cannot be read
    .text = Something in the request is not encoded the way it has to be.
    .advice = Tell those who run the application.
error-request-too-large = The request is too large
    .text = The request, or one of its values, is longer than this server accepts.
    .advice = Tell those who run the application.
error-request-expired = This sign-in took too long
    .text = The request is no longer valid, because too much time has passed since it began.
    .advice = Go back to the application and start again.
error-request-uri-invalid = The request cannot be found
    .text = The request URI is not known here, has expired or was used already.
    .advice = Go back to the application and start again.
error-already-decided = This was decided already
    .text = The request was answered before, perhaps in another tab, or you came here with the back button.
    .advice = Go back to the application. If you are not signed in there, start again.
error-wrong-browser = This sign-in began in another browser
    .text = The request belongs to another browser, or this browser has lost or refused the cookie that belongs to it.
    .advice = Allow cookies for this site and start again from the application. Never use a link to this page that somebody sent you.
error-forged-form = The form does not belong to this page
    .text = What was sent does not come from a page that this server showed to this browser, so nothing was done.
    .advice = Go back, reload the page and try again.
error-hint-not-valid = The hint is not valid
    .text = The ID token hint of this request was not issued by this server, or cannot be verified.
    .advice = Tell those who run the application.
error-logout-client-mismatch = The request to sign out contradicts itself
    .text = The client id and the ID token hint name different applications.
    .advice = Tell those who run the application.
error-post-logout-uri-not-registered = The address after signing out is not registered
    .text = The post-logout redirect URI of this request is not one that the application has registered. You are not sent there.
    .advice = Tell those who run the application.
error-untrusted-client = Go back to the application?
    .text = The application gets no access, but an error. It registered itself and was not checked by those who run this server, so you decide whether to go back to it.
    .advice = Continue only if you know the application.
error-not-found = There is nothing here
    .text = The address is not one of this server.
    .advice = Check the address, or go back to the application.
error-busy = Too much to do at the moment
    .text = This server cannot answer just now.
    .advice = Try again in a moment.
error-ours = Something went wrong here
    .text = This is not your fault. The cause is in our log, under the request id below.
    .advice = Try again in a moment. If it happens again, tell those who run this server and give them the request id.
