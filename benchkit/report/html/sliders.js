// What every page with sliders shares: its document, its controls, numbers as text. The page's own script comes after it.
"use strict";

const page = JSON.parse(document.getElementById("model").textContent);
const form = document.getElementById("sliders");
const at = (id) => document.getElementById(id);

const controls = [...form.querySelectorAll("input")];
function chosen(input) {
  const stop = input.dataset.stops.split(" ")[input.value];
  return stop === "inf" ? Infinity : Number(stop);
}
const label = (input) => input.dataset.labels.split("|")[input.value];
const firstLower = (text) => text[0].toLowerCase() + text.slice(1);
const filled = (template, words) => template.replace(/\{(\w+)\}/g, (_, name) => words[name]);

const grouped = (value, decimals) => {
  const [whole, rest] = value.toFixed(decimals).split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? "." + rest : "");
};

// The numbers that are set, by the controls' names; each label is told beside its slider.
function numbersSet() {
  for (const input of controls) {
    input.setAttribute("aria-valuetext", label(input));
    input.nextElementSibling.textContent = label(input);
  }
  return Object.fromEntries(controls.map((input) => [input.id, chosen(input)]));
}

const settingText = () =>
  controls.map((input) => `${firstLower(form.querySelector(`label[for=${input.id}]`).textContent)}: ${label(input)}`).join(", ") + ".";

function begin(show) {
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
