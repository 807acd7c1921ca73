
(function () {
  "use strict";
  var filter = document.getElementById("filter");
  var order = document.getElementById("order");
  var shown = document.getElementById("shown");
  var lists = Array.prototype.map.call(document.querySelectorAll(".list"), function (list) {
    return { list: list, items: Array.prototype.map.call(list.children, function (item) {
      return { item: item, text: item.textContent.toLowerCase() };
    }) };
  });
  function show() {
    var words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    var total = 0;
    lists.forEach(function (entry) {
      entry.items.forEach(function (known) {
        var fits = words.every(function (word) { return known.text.indexOf(word) >= 0; });
        known.item.hidden = !fits;
        count += fits ? 1 : 0;
        total += 1;
      });
    });
    shown.textContent = words.length > 0 ? count + " of " + total : "";
  }
  function sort() {
    var key = order.value;
    lists.forEach(function (entry) {
      var items = entry.items.map(function (known) { return known.item; });
      if (key) { items.sort(function (a, b) { return Number(b.dataset[key]) - Number(a.dataset[key]); }); }
      entry.list.append.apply(entry.list, items);
    });
  }
  if (!lists.length) { return; }
  document.getElementById("tools").hidden = false;
  filter.addEventListener("input", show);
  order.addEventListener("change", sort);
}());
