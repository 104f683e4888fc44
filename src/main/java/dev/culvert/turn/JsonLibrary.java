package dev.culvert.turn;

import jakarta.json.spi.JsonProvider;

/**
 * The server's JSON library. It is found by the context class loader of the thread that needs it
 * first, which must be one of the server's; threads of the host have none that would lead there.
 */
final class JsonLibrary {

  static final JsonProvider JSON = JsonProvider.provider();

  private JsonLibrary() {}
}
