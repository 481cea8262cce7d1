// Spares the reload, and adds sound. Without it, everything else works as it is.
"use strict";

const page = () => document.getElementById("main");

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.set(button.name, button.value);
  silence();
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  page().replaceWith(fresh.getElementById("main"));
  ready();
  const last = document.getElementById("last");
  last?.focus({ preventScroll: true });
  (document.querySelector(".breathing") || last)?.scrollIntoView();
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "talk" || event.target.dataset.plain) return;
  event.preventDefault();
  const form = event.target;
  send(form, event.submitter).catch(() => {
    form.dataset.plain = "1"; // the browser's own way: it says what is wrong
    form.requestSubmit(event.submitter);
  });
});

// Leaving: the page is covered at once, and is not in this tab's history afterwards.
function leave() {
  const cover = document.createElement("div");
  cover.className = "cover";
  document.body.append(cover);
  silence();
  room?.pause();
  location.replace(document.getElementById("leave").dataset.to);
}

let escapes = [];
document.addEventListener("keydown", (event) => {
  escapes = event.key === "Escape" ? [...escapes, event.timeStamp].slice(-3) : [];
  if (escapes.length === 3 && escapes[2] - escapes[0] < 3000) leave();
});
document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

let sound = null;

function silence() {
  sound?.pause();
  window.speechSynthesis?.cancel();
}

// The service's voice, or else the browser's own; a tone to breathe with, and the circle with it.
function listen(event) {
  silence();
  sound = new Audio(event.currentTarget.dataset.sound);
  sound.addEventListener("playing", () => {
    const moves = document.querySelector(".breath")?.getAnimations() ?? [];
    for (const one of moves) one.currentTime = sound.currentTime * 1000;
  });
  sound.play().catch((error) => {
    if (error.name !== "AbortError") speak();
  });
}

// A quiet sound for the room, over and over, whatever else is said.
let room = null;

function quiet(event) {
  room ??= Object.assign(new Audio(event.currentTarget.dataset.sound), { loop: true, volume: 0.5 });
  if (room.paused) room.play().catch(() => shown());
  else room.pause();
  shown();
}

function shown() {
  const on = Boolean(room && !room.paused);
  document.getElementById("room").setAttribute("aria-pressed", on);
}

function speak() {
  const last = document.getElementById("last")?.cloneNode(true);
  if (!last || !window.speechSynthesis) return;
  last.querySelector(".unseen").remove();
  window.speechSynthesis.speak(new SpeechSynthesisUtterance(last.textContent));
}

function hear(field) {
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const ear = new Recognition();
  ear.lang = "en-US";
  ear.onresult = (event) => {
    field.value = event.results[0][0].transcript;
    field.form.requestSubmit();
  };
  ear.start();
}

function ready() {
  for (const row of document.querySelectorAll(".sound")) row.hidden = false;
  document.getElementById("listen")?.addEventListener("click", listen);
  document.getElementById("room").addEventListener("click", quiet);
  shown();
  const microphone = document.getElementById("microphone");
  if (microphone && (window.SpeechRecognition || window.webkitSpeechRecognition)) {
    microphone.hidden = false;
    microphone.addEventListener("click", () => hear(document.getElementById("text")));
  }
}

if (document.getElementById("talk")) ready();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js");
