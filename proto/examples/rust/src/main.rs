// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

//! Steps environments of a Gymwire server: `cargo run -- http://127.0.0.1:50051`.

mod values;

mod pb {
    tonic::include_proto!("gymwire.v1");
}

use std::error::Error;

use pb::environment_service_client::EnvironmentServiceClient;
use pb::interact_request::Request;
use pb::interact_response::Response;
use pb::reset_request::Seeding;
use pb::value::Kind;
use prost::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Status, Streaming};
use values::{array, as_array, elements, get, unpack};

type Client = EnvironmentServiceClient<Channel>;
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const STEPS: i64 = 1000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let address = std::env::args().nth(1).unwrap_or("http://127.0.0.1:50051".into());
    // By default tonic refuses messages above 4 MiB. Frames and the observations of many environments can be larger.
    let mut client = Client::connect(address).await?.max_decoding_message_size(1 << 30);
    let version = client.get_server_info(pb::GetServerInfoRequest {}).await?.into_inner().protocol_version;
    if version.is_none_or(|version| version.major != 1) {
        return Err(format!("the server speaks another protocol: {version:?}").into());
    }

    let listed = client.list_environments(pb::ListEnvironmentsRequest {}).await?.into_inner().environments;
    let ready = listed.iter().filter(|entry| entry.unavailable_reason.is_empty()).count();
    println!("{ready} environments can be made");

    step_by_calls(&mut client).await?;
    step_by_stream(&mut client).await?;
    be_refused(&mut client).await
}

/// Steps one CartPole with one call for each step, which is the simplest way.
async fn step_by_calls(client: &mut Client) -> Outcome {
    let make = pb::MakeRequest {
        env_id: "CartPole-v1".into(),
        num_envs: 1,
        infos: Some(pb::InfoSelection { selection: Some(pb::info_selection::Selection::None(pb::NoInfos {})) }),
        ..Default::default()
    };
    let made = client.make(make).await?.into_inner();
    if let Some(Kind::IntValue(fps)) = get(made.metadata.as_ref(), "render_fps").and_then(|fps| fps.kind.as_ref()) {
        println!("CartPole-v1: render_fps {fps}");
    }

    let reset = pb::ResetRequest {
        session_id: made.session_id.clone(),
        seeding: Some(Seeding::Seed(42)),
        ..Default::default()
    };
    let begun = client.reset(reset).await?.into_inner();
    let first: Vec<f32> = elements(as_array(begun.observations.as_ref())?)?;
    println!("CartPole-v1: first observation {first:?}");

    let (mut reward, mut episodes) = (0.0, 0);
    for step in 0..STEPS {
        let request = pb::StepRequest {
            session_id: made.session_id.clone(),
            actions: Some(array(&[step % 2], &[1])),
            ..Default::default()
        };
        let stepped = client.step(request).await?.into_inner();
        reward += unpack::<f64>(&stepped.rewards)[0];
        // If an episode has ended, `finals` has its last observation, and the observations belong to the next episode.
        episodes += stepped.finals.len();
    }
    println!("CartPole-v1: {STEPS} steps gave reward {reward} and ended {episodes} episodes");

    client.close(pb::CloseRequest { session_id: made.session_id }).await?;
    Ok(())
}

/// Steps eight HalfCheetahs over one stream. This takes less time than a call for each step.
async fn step_by_stream(client: &mut Client) -> Outcome {
    let keys = pb::InfoKeys { names: vec!["x_position".into()] };
    let make = pb::MakeRequest {
        env_id: "HalfCheetah-v5".into(),
        num_envs: 8,
        infos: Some(pb::InfoSelection { selection: Some(pb::info_selection::Selection::Keys(keys)) }),
        ..Default::default()
    };
    let made = client.make(make).await?.into_inner();

    let reset = pb::ResetRequest {
        session_id: made.session_id.clone(),
        seeding: Some(Seeding::Seed(42)),
        ..Default::default()
    };
    // The first request must already be in the queue: `interact` returns only when the first response arrives.
    let (requests, queue) = mpsc::channel(1);
    requests.send(pb::InteractRequest { request: Some(Request::Reset(reset)) }).await?;
    let mut responses = client.interact(ReceiverStream::new(queue)).await?.into_inner();
    let Response::Reset(begun) = answer(&mut responses).await? else { return Err("a Reset was not answered".into()) };
    let observations = as_array(begun.observations.as_ref())?;
    let width = observations.shape[1] as usize;
    let first = elements::<f64>(observations)?;
    println!("HalfCheetah-v5: first observation {:?}", &first[..width]);

    let (mut reward, mut episodes, mut position) = (0.0, 0, 0.0);
    for step in 0..STEPS {
        let request = pb::StepRequest {
            session_id: made.session_id.clone(),
            actions: Some(array(&torques(step), &[8, 6])),
            ..Default::default()
        };
        requests.send(pb::InteractRequest { request: Some(Request::Step(request)) }).await?;
        let Response::Step(stepped) = answer(&mut responses).await? else {
            return Err("a Step was not answered".into());
        };
        reward = unpack::<f64>(&stepped.rewards).iter().fold(reward, |sum, one| sum + one);
        episodes += stepped.finals.len();
        position = elements::<f64>(as_array(get(stepped.infos.as_ref(), "x_position"))?)?[0];
    }
    println!("HalfCheetah-v5: {STEPS} steps gave reward {reward} and ended {episodes} episodes");
    println!("HalfCheetah-v5: x_position {position}");

    drop(requests); // Ends the stream.
    client.close(pb::CloseRequest { session_id: made.session_id }).await?;
    Ok(())
}

/// Returns the next response of a stream. If the response contains an error, returns this error.
async fn answer(responses: &mut Streaming<pb::InteractResponse>) -> Outcome<Response> {
    match responses.message().await?.and_then(|message| message.response) {
        Some(Response::Error(detail)) => Err(detail.message.into()),
        Some(response) => Ok(response),
        None => Err("the server ended the stream".into()),
    }
}

/// Returns one action (-1, 0 or 1) for each joint of eight HalfCheetahs.
fn torques(step: i64) -> Vec<f32> {
    (0..8).flat_map(|env| (0..6).map(move |joint| ((step + env + joint) % 3 - 1) as f32)).collect()
}

/// Requests an id that does not exist. The server's error describes the problem and suggests ids.
async fn be_refused(client: &mut Client) -> Outcome {
    let make = pb::MakeRequest { env_id: "CartPole-v9".into(), num_envs: 1, ..Default::default() };
    match client.make(make).await {
        Ok(made) => Err(format!("CartPole-v9 was made: {made:?}").into()),
        Err(status) => {
            let detail = error_detail(&status)?.ok_or(status)?;
            println!("refused: code {}, {} ({})", detail.code, detail.message, detail.exception_class);
            Ok(())
        }
    }
}

/// Returns the error detail of a failed call, or nothing if the server was not reached or did not answer.
fn error_detail(status: &Status) -> Outcome<Option<pb::ErrorDetail>> {
    let Some(encoded) = status.metadata().get_bin("gymwire-error-bin") else { return Ok(None) };
    Ok(Some(pb::ErrorDetail::decode(encoded.to_bytes()?)?))
}
