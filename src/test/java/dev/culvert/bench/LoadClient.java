package dev.culvert.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The load client's process: reads one order a line from standard input, answers each with one line
 * that begins with {@value #DONE} or {@value #FAILED}, ends with standard input. One process serves
 * a whole benchmark, so that it is equally warm for every contestant.
 */
final class LoadClient {

  /** Puts load on a contestant; the words of {@link Load} follow. Answers a measurement. */
  static final String LOAD = "load";

  /** Opens idle streams; a {@link Listener} and a count follow. */
  static final String OPEN = "open";

  /** Closes the idle streams. */
  static final String CLOSE = "close";

  static final String DONE = "done ";
  static final String FAILED = "failed ";

  private final IdleStreams idle = new IdleStreams();

  private LoadClient() {}

  /** Obeys until standard input ends. */
  public static void main(String[] args) throws IOException {
    LoadClient client = new LoadClient();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      System.out.println(client.answer(List.of(order.split(" ", -1))));
    }
  }

  private String answer(List<String> words) {
    try {
      return DONE + obey(words.get(0), words.subList(1, words.size()));
    } catch (IOException | RuntimeException e) {
      return FAILED + e.toString().lines().findFirst().orElse("");
    }
  }

  private String obey(String order, List<String> words) throws IOException {
    return switch (order) {
      case LOAD -> LoadLoop.run(Load.parse(words)).toLine();
      case OPEN -> {
        idle.open(Listener.parse(words.get(0)), Integer.parseInt(words.get(1)));
        yield "";
      }
      case CLOSE -> {
        idle.close();
        yield "";
      }
      default ->
          throw new IllegalArgumentException("order: " + order + " (expected: load, open, close)");
    };
  }
}
