/** Pieces that the audience's and the host's view share. */

import { h, render } from "./dom.js";

const TOAST_MS = 6_000;
const STATUS_WORDS = { draft: "Draft", live: "Live", ended: "Ended", open: "Open", closed: "Closed" };

let toastTimer = null;

/** Say something at the foot of the page for a few seconds. */
export function toast(text, { bad = false } = {}) {
  const element = document.getElementById("toast");
  clearTimeout(toastTimer);
  element.hidden = false;
  element.classList.toggle("is-bad", bad);
  element.textContent = text;
  toastTimer = setTimeout(() => {
    element.hidden = true;
  }, TOAST_MS);
}

/** Ask for a decision that cannot be undone; resolve to whether the person confirmed it. */
export function confirmed({ title, text, action }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "dialog-title");
  const close = (answer) => () => dialog.close(answer);
  render(
    dialog,
    h("h2", { id: "dialog-title" }, title),
    h("p", null, text),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "quiet", onclick: close("") }, "Cancel"),
      h("button", { type: "button", class: "danger", onclick: close("yes") }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
  });
}

/** Describe the bar above everything: the product's name, and what a view adds. */
export function masthead(...extras) {
  return h(
    "header",
    { class: "masthead" },
    h("p", { class: "wordmark" }, h("span", { class: "mark", "aria-hidden": "true" }), "Ovation"),
    ...extras,
  );
}

/** Describe the banner of a feed in trouble; nothing without an error. */
export function troubleBanner(error) {
  if (!error) return null;
  const busy = error.code === "network" ? "The service cannot be reached." : "The service is busy.";
  const words = navigator.onLine ? busy : "You are offline.";
  return h("p", { class: "trouble", role: "alert" }, words, " Trying again…");
}

/** Describe the state of an event or a poll. */
export function statusPill(status) {
  return h("span", { class: `pill is-${status}` }, STATUS_WORDS[status] ?? status);
}

/** Describe a line that says what cannot be seen otherwise. */
export const note = (...text) => h("p", { class: "note" }, ...text);

/** Describe what stands where there is nothing yet. */
export const emptiness = (title, text) =>
  h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), h("p", null, text));

/** What the button of a ballot says: to send it, to change it, and when it is counted. */
export const VOTE_WORDS = { send: "Vote", change: "Change my vote", done: "Your vote is counted" };
export const ANSWER_WORDS = { send: "Send", change: "Change my answer", done: "Your answer is counted" };

/** Describe a bar of a share between 0 and 1, and what it stands for. */
export function bar(share, words, more = null) {
  return [
    h("span", { class: "share" }, words, more && h("span", { class: "votes" }, more)),
    h("span", { class: "bar", "aria-hidden": "true", style: { "--share": share } }),
  ];
}

/** Describe an option that is not to be chosen, with its bar; `tag` stands with one's own. */
export function optionRow(option, { isMine = false, tag = null }, itsBar) {
  return h(
    "li",
    { class: `option ${isMine ? "is-mine" : ""}`, key: option.id },
    h("span", { class: "option-label", dir: "auto" }, option.label, isMine && h("span", { class: "tag" }, tag)),
    itsBar,
  );
}

/** Describe who asked a question, and what the staff replied. */
export function questionText(question) {
  return [
    h("p", { class: "question-body", dir: "auto" }, question.body),
    h("p", { class: "byline", dir: "auto" }, question.author_name ?? "Anonymous"),
    question.replies.map((reply) =>
      h(
        "div",
        { class: "reply", key: reply.id },
        h("p", { class: "byline", dir: "auto" }, reply.author_name),
        h("p", { class: "question-body", dir: "auto" }, reply.body),
      ),
    ),
  ];
}

/** Describe the marks that the staff gave a question. */
export function marks(question) {
  return [
    question.pinned && h("span", { class: "tag" }, "Pinned"),
    question.highlighted && h("span", { class: "tag is-strong" }, "Highlighted"),
    question.status === "answered" && h("span", { class: "tag is-good" }, "Answered"),
  ];
}
