//! When we are wrong ourselves: what the caller sees, and what stays in the log (matrix GEN-24).

use sea_orm::ConnectionTrait as _;

use crate::support::{PASSWORD, World};

/// GEN-24: a row that fits no state is a 500 with nothing of the cause, and concerns nobody else.
#[actix_web::test]
async fn gen_24_a_broken_record_is_a_server_error_without_detail() {
    let world = World::start().await;
    let damage = "UPDATE users SET status = 'asleep' WHERE username = 'candidate@example.com'";
    let damage = async move |txn: &sea_orm::DatabaseTransaction| {
        Ok(txn.execute_unprepared(damage).await.map(drop)?)
    };
    world.state.store.write(damage).await.unwrap();

    let answer = world.log_in("candidate@example.com", PASSWORD).await;
    answer.is_error(500, "server_error");
    assert_eq!(answer.member("request_id"), answer.header("x-request-id"));
    for word in ["asleep", "users", "status", "row", "panicked"] {
        assert!(!answer.text.contains(word), "{word} in {}", answer.text);
    }
    world.log_in("admin@example.com", PASSWORD).await.is_ok();
}
