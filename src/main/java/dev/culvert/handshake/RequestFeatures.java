package dev.culvert.handshake;

import dev.culvert.config.Feature;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Properties of a request by which requests are told apart.
 *
 * @param headers of the request
 * @param client address of the client, trusted proxies seen through
 * @param user name of the caller, empty when anonymous
 */
public record RequestFeatures(Headers headers, String client, String user)
    implements Function<Feature, Optional<String>> {

  /** The property; empty when the request lacks it. */
  @Override
  public Optional<String> apply(Feature feature) {
    return switch (feature.kind()) {
      case HEADER -> headers.values(feature.name()).stream().findFirst();
      case COOKIE -> cookie(feature.name());
      case CLIENT -> Optional.of(client);
      case USER -> Optional.of(user).filter(name -> !name.isEmpty());
    };
  }

  /** RFC 6265 4.2.1; the first one of the name. */
  private Optional<String> cookie(String name) {
    return headers.values("Cookie").stream()
        .flatMap(line -> Arrays.stream(line.split(";", -1)))
        .map(String::strip)
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .findFirst();
  }
}
