package dev.culvert.admin;

import dev.culvert.boundary.StreamView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which streams a request is about: those that have all of the properties that its parameters name.
 *
 * @param which the streams
 * @param isEmpty whether it names none, and so is about all of them
 * @param fault what is wrong with the parameters; empty when nothing is
 */
record StreamSelection(Predicate<StreamView> which, boolean isEmpty, Optional<String> fault) {

  private static final Map<String, Function<StreamView, String>> PROPERTIES =
      new TreeMap<>(
          Map.of(
              "id", StreamView::id,
              "upstream", StreamView::upstream,
              "route", StreamView::route,
              "user", StreamView::user));

  private static final String ALL = "all";

  /** A parameter that is not known is a fault: without it the request would be about more. */
  static StreamSelection of(Parameters parameters) {
    Predicate<StreamView> which = stream -> true;
    List<String> faults = new ArrayList<>(parameters.fault().stream().toList());
    for (Map.Entry<String, List<String>> parameter : parameters.values().entrySet()) {
      String name = parameter.getKey();
      List<String> values = parameter.getValue();
      Function<StreamView, String> property = PROPERTIES.get(name);
      if (property == null && !name.equals(ALL)) {
        faults.add(name + ": unknown (expected: all, " + String.join(", ", names()) + ")");
      } else if (values.size() != 1 || values.get(0).isEmpty()) {
        faults.add(name + ": " + values.size() + " (expected: one value)");
      } else if (property != null) {
        which = which.and(stream -> values.get(0).equals(property.apply(stream)));
      } else if (!values.get(0).equals("true")) {
        faults.add(ALL + ": " + values.get(0) + " (expected: true)");
      }
    }
    return new StreamSelection(which, parameters.values().isEmpty(), faults.stream().findFirst());
  }

  /** What may be named. */
  static List<String> names() {
    return List.copyOf(PROPERTIES.keySet());
  }
}
