/** A link as a QR code. */

import { qrcode } from "./qrcode-generator.js";
import { h } from "./dom.js";

const QUIET_ZONE = 3;

/** Describe an SVG of the QR code of `link`: dark on light in any colour scheme, as scanners want it. */
export function qrCode(link) {
  const code = qrcode(0, "M");
  code.addData(link);
  code.make();
  const size = code.getModuleCount();
  const dark = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) dark.push(`M${column} ${row}h1v1h-1z`);
    }
  }
  const edge = size + 2 * QUIET_ZONE;
  return h(
    "svg",
    { class: "qr", viewBox: `${-QUIET_ZONE} ${-QUIET_ZONE} ${edge} ${edge}`, role: "img" },
    h("title", null, "QR code of the link to join"),
    h("path", { d: dark.join(""), "shape-rendering": "crispEdges" }),
  );
}
