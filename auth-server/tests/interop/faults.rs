//! Three verifiers behind one fault injector, each with its default cache: `shared_claims::remote`,
//! PyJWT's `PyJWKClient`, jose's `createRemoteJWKSet`. Nobody may accept an invalid token; ours refuses
//! no valid one before `max_staleness` and asks seldom. The rest is recorded: the printed table is the
//! one in `docs/verify/README.md`. RFC 7517 §5; matrix JWK-12, attack JV-06.

mod outage;
mod table;

use futures_util::{StreamExt as _, stream};
use serde_json::json;

use crate::{
    injector::{Document, Fault, Injector},
    signing::{TestKey, jwks},
};

use outage::{Case, Outage, Row};

/// Rounds a second apart, in each of which a valid token and two invalid ones are judged.
const ROUNDS: u32 = 30;
/// Where every answer takes as long as somebody's time-out.
const SLOW_ROUNDS: u32 = 2;
const FLOOD: u32 = 100;
/// Rows under way at a time: the slow ones wait beside the others.
const AT_A_TIME: usize = 3;

/// JWK-12, JV-06
#[tokio::test]
async fn jwk_12_jv_06_no_fault_of_the_issuer_makes_a_verifier_accept_and_none_makes_ours_refuse() {
    let outage = Outage::start().await;
    let stranger = Injector::start().await;
    let rows: Vec<Row> = stream::iter(cases(&outage, &stranger))
        .map(|case| outage.suffered(case))
        .buffered(AT_A_TIME)
        .collect()
        .await;
    eprintln!("{}", table::markdown(&rows));
    for row in &rows {
        row.judge();
    }
}

fn cases(outage: &Outage, stranger: &Injector) -> Vec<Case> {
    let set = |keys: &[&TestKey]| Document::new("application/json", jwks(keys));
    let good = jwks(&[&outage.kept, &outage.gone]);
    let padded = format!("{}{good}", " ".repeat(10 * 1024 * 1024));
    stranger.publish("/", set(&[&outage.stranger]));
    let empty = Document::new("application/json", json!({ "keys": [] }).to_string());
    let page = Document::new("text/html", "<html>Down for maintenance</html>");
    let shrunk = || Fault::Instead(set(&[&outage.kept]));
    vec![
        Case::of("slow (a byte in ten seconds)", Fault::Slow).rounds(SLOW_ROUNDS),
        Case::of("endless stream", Fault::Endless).rounds(SLOW_ROUNDS),
        Case::of("500", Fault::Status(500)),
        Case::of("connection closed", Fault::Close),
        Case::of("empty set", Fault::Instead(empty)),
        Case::of("shrunk set, a key that is left", shrunk()),
        Case::of("shrunk set, the key that is gone", shrunk()).by_the_key_that_goes(),
        Case::of("wrong type (good set as `text/html`)", Fault::WrongType),
        Case::of("web page", Fault::Instead(page)),
        Case::of(
            "10 MiB (good set, padded)",
            Fault::Instead(Document::new("application/json", padded)),
        ),
        Case::of(
            "redirect to a stranger's set",
            Fault::Redirect(format!("{}/", stranger.url())),
        ),
        Case::without_fault("no fault, signatures by another key").rounds(FLOOD),
        Case::without_fault("no fault, flood of unknown key ids")
            .rounds(FLOOD)
            .flooded(),
    ]
}
