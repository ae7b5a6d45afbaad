/** The questions as the staff sees them. */

import { h } from "./dom.js";
import { flags, moreActions } from "./host_moderation_view.js";
import { emptiness, marks, questionText } from "./parts.js";
import { byStatus, mostWantedFirst, oldestFirst } from "./sorting.js";
import { counted } from "./words.js";

/** Describe the questions: those that wait for a decision, those on the list, and the rest. */
export function questionDesk(host) {
  const merged = host.questions.filter((question) => question.merged_into);
  const own = host.questions.filter((question) => !question.merged_into);
  const { pending, published, answered, dismissed, archived } = byStatus(own);
  const show = (question) => questionCard(host, question);
  const away = [...dismissed, ...archived];
  return [
    h("h2", { key: "waiting", class: "column-title" }, "Waiting for a decision", count(pending)),
    pending.length
      ? oldestFirst(pending).map(show)
      : h("p", { key: "none waiting", class: "note" }, nothingWaits(host)),
    h("h2", { key: "list", class: "column-title" }, "On the list", count(published)),
    mostWantedFirst(published).map(show),
    !host.questions.length &&
      h("div", { key: "none" }, emptiness("No question yet", "They appear here as people ask.")),
    rest("answered", "Answered", mostWantedFirst(answered).map(show)),
    rest("merged", "Merged into another", merged.map(show)),
    rest("away", "Dismissed", away.map(show)),
  ];
}

function nothingWaits(host) {
  return host.event?.settings.question_moderation
    ? "Nothing waits."
    : "Questions go to the list at once. Turn moderation on in the settings.";
}

const count = (questions) =>
  questions.length > 0 && h("span", { class: "count" }, questions.length);

function rest(key, title, cards) {
  if (!cards.length) return null;
  return h("details", { key }, h("summary", null, `${title} (${cards.length})`), cards);
}

function questionCard(host, question) {
  const problem = host.writes.problems.get(question.id);
  return h(
    "article",
    { class: `card question ${question.highlighted ? "is-highlighted" : ""}`, key: question.id },
    h(
      "div",
      { class: "question-main" },
      h("p", { class: "tags" }, marks(question), flags(question), upvotes(question)),
      questionText(question),
      problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
      host.replyingTo === question.id
        ? replyForm(host, question)
        : h("div", { key: "actions", class: "actions" }, questionActions(host, question)),
      !question.merged_into && moreActions(host, question, duplicatesOf(host, question)),
    ),
  );
}

/** What it may be a duplicate of. */
function duplicatesOf(host, question) {
  const { published, answered } = byStatus(host.questions);
  return [...published, ...answered].filter(({ id, merged_into: into }) => id !== question.id && !into);
}

function upvotes({ status, upvotes: number }) {
  return status !== "pending" && h("span", { class: "byline" }, counted(number, "upvote"));
}

function questionActions(host, question) {
  const action = (words, style, onclick) => h("button", { key: words, type: "button", class: style, onclick }, words);
  const change = (words, style, changes) => action(words, style, () => host.moderate(question, changes));
  const reply = action("Reply", "link", () => host.startReply(question));
  const dismiss = change("Dismiss", "link", { status: "dismissed" });
  const pin = question.pinned ? change("Unpin", "link", { pinned: false }) : change("Pin", "link", { pinned: true });
  const highlight = question.highlighted
    ? change("No highlight", "link", { highlighted: false })
    : change("Highlight", "link", { highlighted: true });
  if (question.merged_into) {
    return action("Undo the merge", "quiet", () => host.moderation.unmerge(question));
  }
  return {
    pending: [change("Approve", "primary", { status: "published" }), change("Dismiss", "quiet", { status: "dismissed" })],
    published: [change("Answered", "quiet", { status: "answered" }), pin, highlight, reply, dismiss],
    answered: [change("Back to the list", "quiet", { status: "published" }), reply],
    dismissed: [change("Put on the list", "quiet", { status: "published" })],
    archived: [change("Put on the list", "quiet", { status: "published" })],
  }[question.status];
}

function replyForm(host, question) {
  const busy = host.writes.busy.get(question.id);
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    host.reply(question, submitted.currentTarget);
  };
  const id = `reply-${question.id}`;
  return h(
    "form",
    { key: "reply", class: "reply-form", onsubmit },
    h("label", { for: id }, "Your reply, for everyone to read"),
    h("textarea", { id, name: "body", rows: 2, maxlength: 1000, required: true, dir: "auto" }),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "primary" }, busy ?? "Reply"),
      h("button", { type: "button", class: "link", onclick: () => host.update({ replyingTo: null }) }, "Cancel"),
    ),
  );
}
