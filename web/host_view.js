/** What the staff sees, described from the state that `host.js` keeps. */

import { h, render } from "./dom.js";
import { stageDesk } from "./host_moderation_view.js";
import { pollDesk } from "./host_polls_view.js";
import { quizDesk } from "./host_quiz_view.js";
import { questionDesk } from "./host_questions_view.js";
import { stopListForm, wordFilterForm } from "./host_words_view.js";
import { masthead, note, statusPill, troubleBanner } from "./parts.js";
import { qrCode } from "./qr.js";
import { byStatus } from "./sorting.js";

const ONLY_HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Describe the whole page. */
export function hostPage(host) {
  return h(
    "div",
    { class: "host", key: "host" },
    masthead(h("button", { type: "button", class: "link", onclick: () => host.leave() }, "Leave")),
    troubleBanner(host.trouble),
    h(
      "main",
      { class: "columns", "data-tab": host.tab },
      eventDesk(host),
      h("section", { class: "column polls", "aria-label": "Polls" }, quizDesk(host), pollDesk(host)),
      h("section", { class: "column questions", "aria-label": "Questions" }, questionDesk(host)),
    ),
    tabs(host),
  );
}

function tabs(host) {
  const waiting = byStatus(host.questions).pending.length;
  const tab = (name, label, count) =>
    h(
      "button",
      {
        type: "button",
        key: name,
        "aria-current": host.tab === name ? "page" : null,
        onclick: () => host.show(name),
      },
      label,
      count > 0 && h("span", { class: "count is-polls" }, count, h("span", { class: "unseen" }, " waiting")),
    );
  return h(
    "nav",
    { class: "tabs", "aria-label": "Parts of the event" },
    tab("polls", "Polls", 0),
    tab("questions", "Questions", waiting),
  );
}

function eventDesk(host) {
  const { event } = host;
  if (!event) return h("div", { class: "event-heading" }, h("h1", null, "Loading…"));
  const problem = host.writes.problems.get("event");
  return h(
    "div",
    { class: "event-desk" },
    h(
      "div",
      { class: "event-heading" },
      h("h1", { dir: "auto" }, event.title),
      h("p", { class: "byline" }, statusPill(event.status), " ", statusWords(event)),
      problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
      host.managesEvent && eventActions(host),
      host.managesEvent && event.status !== "ended" && settings(host),
    ),
    event.status !== "ended" && joinPanel(host),
    stageDesk(host),
  );
}

function statusWords(event) {
  if (event.status === "draft") return "Nobody can join before you go live.";
  return event.status === "live" ? "People can join, vote and ask." : "Voting and asking are over.";
}

function eventActions(host) {
  const { status } = host.event;
  if (status === "ended") return null;
  return h(
    "div",
    { class: "actions", key: "actions" },
    status === "draft" &&
      h("button", { key: "live", type: "button", class: "primary", onclick: () => host.goLive() }, "Go live"),
    status === "live" &&
      h("button", { key: "end", type: "button", class: "quiet", onclick: () => host.endEvent() }, "End event"),
  );
}

function settings(host) {
  const box = (name, words) =>
    h(
      "label",
      { class: "check", key: name },
      h("input", {
        type: "checkbox",
        checked: host.event.settings[name],
        onchange: ({ target }) => host.set(name, target.checked),
      }),
      words,
    );
  return h(
    "details",
    { class: "settings", key: "settings" },
    h("summary", null, "Settings"),
    box("question_moderation", "Questions wait for a moderator"),
    box("allow_anonymous_questions", "People may ask without their name"),
    box("open_text_moderation", "Open answers wait for a moderator"),
    box("reactions_enabled", "People may react"),
    choice(host, "slow_mode_s", "Between two questions of one person", {
      0: "no rest",
      30: "30 seconds",
      60: "a minute",
      300: "5 minutes",
    }),
    wordFilterForm(host),
    stopListForm(host),
  );
}

function choice(host, name, words, options) {
  const now = host.event.settings[name];
  const all = now in options ? options : { ...options, [now]: `${now} seconds` };
  return h(
    "div",
    { key: name },
    h("label", { for: name }, words),
    h(
      "select",
      { id: name, value: String(now), onchange: ({ target }) => host.set(name, Number(target.value)) },
      Object.entries(all).map(([value, says]) => h("option", { value, key: value, selected: Number(value) === now }, says)),
    ),
  );
}

function joinPanel(host) {
  const link = joinLink(host.event);
  return h(
    "section",
    { class: "card join-panel", "aria-label": "How to join", key: "join" },
    h(
      "div",
      { class: "join-words" },
      h("p", { class: "eyebrow" }, "Join with the code"),
      h("p", { class: "join-code" }, host.event.join_code),
      h("p", { class: "join-link" }, h("a", { href: link, target: "_blank", rel: "noopener" }, link)),
    ),
    qrCode(link),
    ONLY_HERE.has(location.hostname) &&
      note("Phones cannot reach this address: start Ovation with --host 0.0.0.0, and open this page under this computer's address."),
    h("button", { type: "button", class: "quiet", onclick: () => host.project() }, "Show on the big screen"),
  );
}

const joinLink = (event) => `${location.origin}/?code=${event.join_code}`;

/** Fill the screen with the code and its QR code, until it is closed. */
export function projectedCode(event) {
  const dialog = document.createElement("dialog");
  dialog.className = "projected";
  dialog.setAttribute("aria-label", "How to join");
  render(
    dialog,
    h("p", { class: "projected-title", dir: "auto" }, event.title),
    qrCode(joinLink(event)),
    h("p", { class: "projected-where" }, "Scan, or go to ", h("b", null, location.host), " and type"),
    h("p", { class: "projected-code" }, event.join_code),
    h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close"),
  );
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}
