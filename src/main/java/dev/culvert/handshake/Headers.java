package dev.culvert.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The header fields of a message, in order, duplicates kept. Names compare without regard to case
 * (RFC 9110 section 5.1). Nothing is checked when fields are put in; what is sent on is checked by
 * {@link UpstreamRequest} and {@link UpstreamResponse}.
 */
public record Headers(List<Field> fields) {

  /** No fields. */
  public static final Headers NONE = new Headers(List.of());

  /** One header field: a name as it was written and a value without surrounding blanks. */
  public record Field(String name, String value) {

    boolean is(String other) {
      return Ascii.equalIgnoringCase(name, other);
    }
  }

  public Headers {
    fields = List.copyOf(fields);
  }

  /**
   * Headers of name, value, name, value.
   *
   * @throws IllegalArgumentException when a name has no value
   */
  public static Headers of(String... namesAndValues) {
    return ofPairs(List.of(namesAndValues));
  }

  /**
   * Headers of name, value, name, value.
   *
   * @throws IllegalArgumentException when a name has no value
   */
  public static Headers ofPairs(List<String> namesAndValues) {
    if (namesAndValues.size() % 2 != 0) {
      throw new IllegalArgumentException(
          "namesAndValues: " + namesAndValues.size() + " strings (expected: an even number)");
    }
    List<Field> fields = new ArrayList<>(namesAndValues.size() / 2);
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      fields.add(new Field(namesAndValues.get(i), namesAndValues.get(i + 1)));
    }
    return new Headers(fields);
  }

  /** These headers and one more field at the end. */
  public Headers with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Headers(more);
  }

  /** These headers and others after them. */
  public Headers and(Headers others) {
    List<Field> more = new ArrayList<>(fields);
    more.addAll(others.fields);
    return new Headers(more);
  }

  /** The fields whose name, in lower case, is not among those to leave out. */
  public Headers without(Predicate<String> lowerCaseName) {
    List<Field> left = new ArrayList<>(fields.size());
    for (Field field : fields) {
      if (!lowerCaseName.test(Ascii.lower(field.name()))) {
        left.add(field);
      }
    }
    return left.size() == fields.size() ? this : new Headers(left);
  }

  /** The same with one field in the place of the first of a name, which has the values of all. */
  public Headers joined(String name, String separator) {
    List<String> values = values(name);
    if (values.size() < 2) {
      return this;
    }
    List<Field> joined = new ArrayList<>(fields.size());
    boolean done = false;
    for (Field field : fields) {
      if (!field.is(name)) {
        joined.add(field);
      } else if (!done) {
        joined.add(new Field(field.name(), String.join(separator, values)));
        done = true;
      }
    }
    return new Headers(joined);
  }

  /** All values of a name, in order; empty when there is none. */
  public List<String> values(String name) {
    List<String> values = new ArrayList<>(1);
    for (Field field : fields) {
      if (field.is(name)) {
        values.add(field.value());
      }
    }
    return List.copyOf(values);
  }

  /** The value of a name that occurs exactly once. */
  public Optional<String> single(String name) {
    List<String> values = values(name);
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** Whether there is a field of that name. */
  public boolean contains(String name) {
    for (Field field : fields) {
      if (field.is(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The elements of a comma-separated list that may be spread over several fields (RFC 9110 section
   * 5.6.1), as they are written, without empty ones. Commas within quotes separate too.
   */
  public List<String> tokens(String name) {
    List<String> tokens = new ArrayList<>();
    for (Field field : fields) {
      if (field.is(name)) {
        tokens.addAll(FieldList.split(field.value()));
      }
    }
    return List.copyOf(tokens);
  }

  /**
   * Whether a token, in whatever case, is an element of the list that the fields of a name make.
   */
  public boolean hasToken(String name, String token) {
    for (String element : tokens(name)) {
      if (Ascii.equalIgnoringCase(element, token)) {
        return true;
      }
    }
    return false;
  }

  /** The names only: values may hold credentials. */
  @Override
  public String toString() {
    return fields.stream().map(Field::name).toList().toString();
  }
}
