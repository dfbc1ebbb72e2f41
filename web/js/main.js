/** The start: words, the App, what draws it, and the address of the conversation. */

import { App } from "./app.js";
import { takeDroppedFiles } from "./drop.js";
import { loadWords, pickLanguage } from "./i18n.js";
import { listenToKeys } from "./keys.js";
import { route } from "./router.js";
import { recall } from "./settings.js";
import { Drawing } from "./view/draw.js";

const words = await loadWords(pickLanguage(recall("language")));
document.documentElement.lang = words.language;
document.documentElement.dataset.came = "yes";
const app = new App(words);
new Drawing(app);
listenToKeys(app);
takeDroppedFiles(app);
await app.introduced;
app.chat.stream.watch((taskId, message) => void app.chat.news(taskId, message));
route(app);
void app.history.load();
document.documentElement.dataset.ready = "yes";
