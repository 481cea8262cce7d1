// A skill on Amazon's Node packages, as their documentation has one written: Express,
// ask-sdk-core, and ask-sdk-express-adapter with its own verification of signature and timestamp.
// Answers, state and settings are those of official.py. Listens on the port that it is told; told
// none, it answers the one request on its standard input.
"use strict";

const fs = require("fs");
const http = require("http");
const express = require("express");
const { SkillBuilders, getIntentName, getRequestType } = require("ask-sdk-core");
const { ExpressAdapter } = require("ask-sdk-express-adapter");

const KEPT_TURNS = 12;
const KEPT_SECONDS = 400 * 24 * 3600;

const { ANSWERS, SKILL_ID, STATE } = process.env;
const [, , PORT] = process.argv;

class InRedis {
  constructor(url) {
    const path = url.replace(/^unix:\/\//, "");
    const { createClient } = require("redis");
    this.client = createClient(path === url ? { url } : { socket: { path } });
    this.connected = this.client.connect();
  }

  async getAttributes(envelope) {
    await this.connected;
    return JSON.parse((await this.client.get(key(envelope))) || "{}");
  }

  async saveAttributes(envelope, attributes) {
    await this.client.set(key(envelope), JSON.stringify(attributes), { EX: KEPT_SECONDS });
  }
}

function key(envelope) {
  return `official-node:${envelope.context.System.user.userId}`;
}

function says(name, answer) {
  return {
    canHandle({ requestEnvelope }) {
      const type = getRequestType(requestEnvelope);
      return type === name || (type === "IntentRequest" && getIntentName(requestEnvelope) === name);
    },
    async handle({ requestEnvelope, attributesManager, responseBuilder }) {
      if (STATE) {
        const kept = await attributesManager.getPersistentAttributes();
        const { requestId, timestamp } = requestEnvelope.request;
        kept.turns = [...(kept.turns || []), [name, requestId, timestamp]].slice(-KEPT_TURNS);
        await attributesManager.savePersistentAttributes();
      }
      responseBuilder.speak(answer.outputSpeech.ssml);
      if (answer.reprompt) responseBuilder.reprompt(answer.reprompt.outputSpeech.ssml);
      if (answer.card) responseBuilder.withSimpleCard(answer.card.title, answer.card.content);
      return responseBuilder.withShouldEndSession(answer.shouldEndSession).getResponse();
    },
  };
}

const answers = Object.entries(JSON.parse(fs.readFileSync(ANSWERS, "utf8")));
const builder = SkillBuilders.custom()
  .addRequestHandlers(...answers.map(([name, answer]) => says(name, answer)))
  .withSkillId(SKILL_ID);
if (STATE) builder.withPersistenceAdapter(new InRedis(STATE));

const app = express();
app.post("/alexa", new ExpressAdapter(builder.create()).getRequestHandlers());
app.get("/healthz", (request, response) => response.send("ok"));
const server = app.listen(PORT || 0, "127.0.0.1", () => {
  if (PORT) return;
  const { body, headers } = JSON.parse(fs.readFileSync(0, "utf8"));
  const asked = http.request({ port: server.address().port, path: "/alexa", method: "POST", headers });
  asked.on("response", async (response) => {
    let text = "";
    for await (const piece of response) text += piece;
    console.log(text);
    process.exit();
  });
  asked.end(body);
});
