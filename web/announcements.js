/** Announcements: what the staff tells everyone, the pinned ones first. */

import { h } from "./dom.js";
import { oldestFirst } from "./sorting.js";

/** Describe the announcements; `actions(announcement)` describes what may be done with one. */
export function announcementList(announcements, actions = () => null) {
  if (!announcements.length) return null;
  const newestFirst = oldestFirst(announcements).reverse();
  const inOrder = [...newestFirst].sort((one, other) => other.pinned - one.pinned);
  return h(
    "section",
    { class: "announcements", "aria-label": "Announcements", key: "announcements" },
    inOrder.map((announcement) =>
      h(
        "article",
        { class: "card announcement", key: announcement.id },
        announcement.pinned && h("p", { class: "tags" }, h("span", { class: "tag" }, "Pinned")),
        h("p", { class: "question-body", dir: "auto" }, announcement.body),
        announcement.expires_at && h("p", { class: "byline" }, `Until ${timeOf(announcement.expires_at)}`),
        actions(announcement),
      ),
    ),
  );
}

const timeOf = (instant) =>
  new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
