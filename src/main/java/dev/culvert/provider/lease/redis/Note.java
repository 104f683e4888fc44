package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a store that ends tells the next one of the same leases. Without it that one would have to
 * register all that are held, and so would bring back what was terminated in Redis meanwhile.
 *
 * @param place which Redis it is about, in one line
 * @param node by which that one knows the leases
 * @param uncounted leases that it was not told of
 */
record Note(String place, String node, Set<Lease> uncounted) {

  private static final int PARTS = 3;

  /** As text, to be read by {@link #parse}. */
  String text() {
    return Stream.concat(
            Stream.of(place, node),
            uncounted.stream()
                .map(lease -> lease.provider() + " " + lease.session() + " " + lease.token()))
        .collect(Collectors.joining("\n"));
  }

  /** Reads a text; empty when it is none of ours. */
  static Optional<Note> parse(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length < 2) {
      return Optional.empty();
    }
    Set<Lease> uncounted =
        Arrays.stream(lines, 2, lines.length)
            .map(line -> line.split(" ", -1))
            .filter(parts -> parts.length == PARTS)
            .map(parts -> new Lease(parts[0], parts[1], parts[2]))
            .collect(Collectors.toUnmodifiableSet());
    return Optional.of(new Note(lines[0], lines[1], uncounted));
  }
}
