/** Announcements and reactions as the staff sees them, and what can be done about a question's author. */

import { announcementList } from "./announcements.js";
import { h } from "./dom.js";
import { reactionCounts } from "./reactions.js";

const MINUTES = { 0: "until it is taken back", 5: "for 5 minutes", 15: "for 15 minutes", 60: "for an hour" };

/** Describe what everyone is told, the form to tell more, and how the audience reacts. */
export function stageDesk(host) {
  return h(
    "div",
    { class: "stage-desk", key: "stage" },
    reactionCounts(host.reactions),
    announcementList(host.announcements, (announcement) =>
      h(
        "div",
        { class: "actions", key: "actions" },
        h("button", { type: "button", class: "link", onclick: () => host.moderation.takeBack(announcement) }, "Take back"),
      ),
    ),
    host.event.status === "live" && announceForm(host),
  );
}

function announceForm(host) {
  const busy = host.writes.busy.get("announce");
  const problem = host.writes.problems.get("announce");
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    host.moderation.announce(submitted.currentTarget);
  };
  return h(
    "details",
    { key: "announce" },
    h("summary", null, "Announce something"),
    h(
      "form",
      { class: "card", onsubmit },
      h("label", { for: "announce-body" }, "What everyone shall read"),
      h("textarea", { id: "announce-body", name: "body", rows: 2, maxlength: 1000, required: true, dir: "auto" }),
      h("label", { for: "announce-minutes" }, "How long"),
      h(
        "select",
        { id: "announce-minutes", name: "minutes" },
        Object.entries(MINUTES).map(([minutes, words]) => h("option", { value: minutes, key: minutes }, words)),
      ),
      h("label", { class: "check" }, h("input", { type: "checkbox", name: "pinned" }), "Pinned above the others"),
      problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
      h("div", { class: "actions" }, h("button", { class: "primary" }, busy ?? "Announce")),
    ),
  );
}

/** Describe the words that the filter found in a question. */
export const flags = ({ flags: found }) =>
  found.length > 0 && h("span", { class: "tag is-flag" }, "Flagged: ", h("bdi", null, found.join(", ")));

/** Describe what is rarer than a question's states: merging it, and dealing with its author. */
export function moreActions(host, question, others) {
  const { moderation } = host;
  const action = (words, onclick) => h("button", { key: words, type: "button", class: "link", onclick }, words);
  return h(
    "details",
    { class: "more", key: "more" },
    h("summary", null, "More"),
    others.length > 0 && mergeChoice(moderation, question, others),
    h(
      "div",
      { class: "actions" },
      action("Ban the author", () => moderation.banAuthor(question)),
      question.participant_id && action("Erase the author", () => moderation.eraseAuthor(question)),
    ),
  );
}

function mergeChoice(moderation, question, others) {
  const id = `merge-${question.id}`;
  const onchange = ({ target }) => target.value && moderation.merge(question, target.value);
  return h(
    "div",
    { key: "merge" },
    h("label", { for: id }, "The same as"),
    h(
      "select",
      { id, onchange },
      h("option", { value: "", key: "none" }, "Choose the other question"),
      others.map((other) => h("option", { value: other.id, key: other.id }, other.body)),
    ),
  );
}
