// The OpenAI SDK, told what to do a line at a time; each answer is a line of JSON.
import {createInterface} from "node:readline";
import OpenAI from "openai";

const client = new OpenAI({baseURL: process.argv[2], apiKey: "any", maxRetries: 0});

function summary(response) {
  return {
    id: response.id,
    status: response.status,
    text: response.output_text,
    input: response.usage.input_tokens,
    cached: response.usage.input_tokens_details.cached_tokens,
  };
}

async function create(body) {
  return summary(await client.responses.create(body));
}

async function stream(body) {
  const events = client.responses.stream(body);
  const types = [];
  let deltas = "";
  for await (const event of events) {
    types.push(event.type);
    if (event.type === "response.output_text.delta") deltas += event.delta;
  }
  return {...summary(await events.finalResponse()), types, deltas};
}

function failure(error) {
  return {failure: error.constructor.name, status: error.status, code: error.code};
}

for await (const line of createInterface({input: process.stdin})) {
  const {command, body} = JSON.parse(line);
  const answer = await (command === "stream" ? stream(body) : create(body)).catch(failure);
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit();
