package dev.culvert.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes: {@code 512}, {@code 512B}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB}. KB, MB and
 * GB are refused, for some mean powers of 1000 by them and some of 1024.
 */
final class Sizes {

  private static final long KIB = 1024;
  private static final long GIB = KIB * KIB * KIB;
  private static final long LARGEST = 1024 * GIB;

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,10})(B|KiB|MiB|GiB|)");

  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "B", 1L, "KiB", KIB, "MiB", KIB * KIB, "GiB", GIB);

  private Sizes() {}

  /** Zero to 1024 GiB. */
  static long parse(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (matcher.matches()) {
      // Ten digits of GiB are below 2^64 but not below 2^63.
      long number = Long.parseLong(matcher.group(1));
      long unit = UNITS.get(matcher.group(2));
      if (number <= LARGEST / unit) {
        return number * unit;
      }
    }
    throw BadValueException.expected(
        "a size from 0 to 1024GiB in bytes, KiB, MiB or GiB, such as 512, 64KiB or 16MiB");
  }
}
