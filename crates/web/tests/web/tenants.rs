//! Two tenants: whatever one sends, it is never the other's, and neither learns of the other.

use web::{Config, ROUTES};

use crate::rig::Rig;

async fn tenants_are_apart(rig: &Rig) {
    let (ana, ben) = (rig.tenant("ana").await, rig.tenant("ben").await);
    let canary = "canary-of-ana";
    let body = format!(
        "{{\"event\":\"a\",\"messageId\":\"m1\",\"userId\":\"{canary}\",\
         \"properties\":{{\"p\":1}}}}"
    );
    let first = rig.post(&ana, &body).await;
    assert_eq!(first.status, 201);
    // The same name of an event is no duplicate of another tenant's.
    let named = r#"{"event":"b","messageId":"m1"}"#;
    let second = rig.post(&ben, named).await;
    assert_eq!(second.status, 201, "{second:?}");
    assert_ne!(first.json()["id"], second.json()["id"]);
    // Neither the other's project nor the other's id of an event, said in every way, moves one.
    let (project, id) = (ana.id.uuid(), first.json()["id"].clone());
    let forged = format!(
        "{{\"event\":\"c\",\"projectId\":\"{project}\",\"project_id\":\"{project}\",\"id\":{id},\
         \"context\":{{\"project_id\":\"{project}\"}},\"messageId\":{id}}}"
    );
    let third = rig.post(&ben, &forged).await;
    assert_eq!(third.status, 201, "{third:?}");
    let refused = rig.post(&ben, r#"{"event":""}"#).await;
    for answer in [&second, &third, &refused] {
        assert!(!answer.body.contains(canary) && !answer.body.contains(&project.to_string()));
    }
    assert_eq!(rig.stored(ana.id).await, ["a"]);
    assert_eq!(rig.stored(ben.id).await, ["b", "c"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    let Some(rig) = Rig::postgres("web_tenants").await else {
        return;
    };
    tenants_are_apart(&rig).await;
}

/// What a route says to two tenants, each with its key; its answers are the same and name neither.
async fn says_the_same_to_both(rig: &Rig, route: &str) {
    let (ana, ben) = (rig.tenant("ana2").await, rig.tenant("ben2").await);
    let mut bodies = Vec::new();
    for (tenant, other) in [(&ana, &ben), (&ben, &ana)] {
        let (key, project) = (tenant.key.as_str(), other.id.uuid());
        let request = format!(
            "GET {route}?project={project} HTTP/1.1\r\nHost: a\r\nX-Write-Key: {key}\r\n\r\n"
        );
        let answer = rig.send(request.as_bytes()).await;
        assert_eq!(answer.status, 200, "{route} {answer:?}");
        assert!(!answer.body.contains(&project.to_string()), "{answer:?}");
        bodies.push(answer.body);
    }
    assert_eq!(bodies[0], bodies[1]);
}

/// Counts name projects; so no key opens them, only the network does.
async fn is_not_for_tenants() {
    let config = Config {
        metrics_networks: Vec::new(),
        ..Config::default()
    };
    let rig = Rig::with(config).await;
    let ana = rig.tenant("ana").await;
    rig.post(&ana, "{\"event\":\"a\"}").await;
    let key = ana.key.as_str();
    let request = format!("GET /metrics HTTP/1.1\r\nHost: a\r\nX-Write-Key: {key}\r\n\r\n");
    let answer = rig.send(request.as_bytes()).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    assert!(!answer.body.contains(&ana.id.uuid().to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_asked_by_both() {
    for route in ROUTES {
        let rig = Rig::start().await;
        match route {
            "/api/events" => tenants_are_apart(&rig).await,
            "/healthz" | "/readyz" => says_the_same_to_both(&rig, route).await,
            "/metrics" => is_not_for_tenants().await,
            route => panic!("nobody has checked what `{route}` tells a tenant of another"),
        }
    }
}
