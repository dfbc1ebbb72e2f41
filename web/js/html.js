/** The one place that knows which library renders templates. */

export { html, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
