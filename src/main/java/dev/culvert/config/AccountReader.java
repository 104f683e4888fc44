package dev.culvert.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads accounts. */
final class AccountReader {

  private final Source source;
  private final Keys keys;

  AccountReader(Source source, Keys keys) {
    this.source = source;
    this.keys = keys;
  }

  /** The account; problems are noted for headers that are none. */
  Account read(String name) {
    String prefix = KeyCatalogue.ACCOUNTS + name + ".header.";
    HeaderRulesReader reader = new HeaderRulesReader(source, keys, List.of(prefix));
    Map<String, String> headers = new HashMap<>();
    reader
        .headers("")
        .forEach(
            (header, key) ->
                new Section(source, key)
                    .find("", HeaderSyntax::value)
                    .ifPresent(value -> headers.put(header, value)));
    return new Account(name, headers);
  }
}
