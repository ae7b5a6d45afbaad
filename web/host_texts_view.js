/** The texts of an open text poll as the staff sees and judges them. */

import { h } from "./dom.js";

/** Describe a poll's texts: those that wait for a decision, those that are shown, those that are not. */
export function textDesk(host, poll, results) {
  if (!results) return null;
  const texts = host.olderTexts.all(poll, results);
  const of = (status) => texts.filter((text) => text.status === status);
  const [pending, published, dismissed] = ["pending", "published", "dismissed"].map(of);
  return [
    pending.length > 0 && group(host, poll, "Waiting for a decision", pending),
    published.length > 0 && group(host, poll, "Shown", published),
    dismissed.length > 0 &&
      h(
        "details",
        { key: "dismissed" },
        h("summary", null, `Dismissed (${dismissed.length})`),
        list(host, poll, dismissed),
      ),
    !texts.length && h("p", { class: "note", key: "none" }, "No answer yet."),
    host.olderTexts.hasMore(poll, results) &&
      h("button", { key: "more", type: "button", class: "link", onclick: () => host.readMoreTexts(poll) }, "Show older answers"),
  ];
}

function group(host, poll, title, texts) {
  return [
    h("h4", { key: title, class: "eyebrow" }, title, " ", h("span", { class: "count" }, texts.length)),
    list(host, poll, texts),
  ];
}

function list(host, poll, texts) {
  return h(
    "ul",
    { class: "texts", key: `list ${texts[0].status}` },
    texts.map((text) => item(host, poll, text)),
  );
}

function item(host, poll, text) {
  const decide = (words, style, status) =>
    h("button", { key: status, type: "button", class: style, onclick: () => host.judge(poll, text, status) }, words);
  return h(
    "li",
    { key: text.participant_id },
    h("p", { class: "text", dir: "auto" }, text.text),
    h(
      "div",
      { class: "actions" },
      text.status === "pending" && decide("Show", "primary", "published"),
      text.status === "dismissed" && decide("Show after all", "quiet", "published"),
      text.status !== "dismissed" && decide("Dismiss", "link", "dismissed"),
    ),
  );
}
