//! Many clients, and clients that point inside (attacks SS-01, SS-04).

use std::time::{Duration, Instant};

use auth_server::model::SessionId;
use auth_server::store::session_clients;

use super::listener::{Listener, Manner};
use super::{OUT, client, logout, world};
use crate::support::World;

/// SS-01, GEN-28: without the switch no call goes to this machine; the logout works all the same.
#[tokio::test]
async fn ss_01_a_client_that_points_inside_is_never_called() {
    let world = World::start().await;
    let mut canary = Listener::answering(&[Manner::Status(200)]).await;
    let mut inside = client("inside");
    let uri = canary.uri.replace("http://", "https://");
    inside.metadata.backchannel_logout_uri = Some(uri);
    world.add(inside).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "inside").await;
    let url = logout(&[("id_token_hint", &tokens.member("id_token"))]);
    let page = person.open(&url).await.page();
    assert!(page.is("page-logged-out") && !page.text.contains("127.0.0.1"));
    assert!(canary.is_quiet());
    let rows = world.audit("logout.give_up").await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].detail.contains("not public"), "{}", rows[0].detail);
}

/// SS-04: a hundred clients, of which many are slow, dead or inside: the user goes on at once, those who
/// can hear do, the others are put back or given up.
#[tokio::test]
async fn ss_04_a_crowd_of_clients_does_not_keep_the_user() {
    let world = world().await;
    let mut good = Listener::answering(&[Manner::Status(200)]).await;
    let slow = Listener::at("127.0.0.2", &[Manner::Never]).await;
    let dead = {
        let socket = std::net::TcpListener::bind("127.0.0.3:0").unwrap();
        format!("http://{}/", socket.local_addr().unwrap())
    };
    let mut ids = Vec::new();
    for number in 0..100 {
        let id = format!("client-{number}");
        let mut client = good.client(&id);
        match number {
            50..80 => client.metadata.backchannel_logout_uri = Some(slow.uri.clone()),
            80..99 => client.metadata.backchannel_logout_uri = Some(dead.clone()),
            99 => {
                let uri = "https://169.254.169.254/".to_owned();
                client.metadata.backchannel_logout_uri = Some(uri);
            }
            _ => {}
        }
        ids.push(client.id.clone());
        world
            .state
            .store
            .write(async move |txn| auth_server::store::clients::create(txn, &client).await)
            .await
            .unwrap();
    }
    world.state.directory.refresh().await.unwrap();
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "client-0").await;
    let sid = SessionId::new(tokens.claims_of("id_token")["sid"].as_str().unwrap());
    let joined = world.state.store.write(async move |txn| {
        for id in &ids {
            session_clients::join(txn, &sid, id).await?;
        }
        Ok(())
    });
    joined.await.unwrap();
    let hint = tokens.member("id_token");
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    let begun = Instant::now();
    assert_eq!(person.open(&url).await.away().as_str(), OUT);
    let taken = begun.elapsed();
    // Half a second of patience, and a machine that runs other tests as well.
    assert!(taken < Duration::from_millis(2500), "{taken:?}");
    let mut heard = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let token = good.next().await.token;
        let aud = crate::support::part(&token, 1)["aud"].to_string();
        assert!(heard.insert(aud), "twice");
    }
    assert!(good.is_quiet());
    // Neither slow nor dead ones are lost, and the one inside is given up at the first look.
    assert_eq!(world.rows("logout_deliveries").await, 49);
    let given_up = world.audit("logout.give_up").await;
    assert_eq!(given_up.len(), 1);
    assert_eq!(given_up[0].client_id.as_deref(), Some("client-99"));
}
