package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountsTest {

  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> SEED = List.of("alice", "=c");

  private final AtomicLong now = new AtomicLong();
  private final Accounts accounts = new Accounts(now::get);

  @Test
  void aConversationKeepsItsAccount() {
    String chosen = accounts.choose(NAMES, "", SEED);

    assertThat(accounts.choose(List.of("c", "b", "a"), "", SEED)).isEqualTo(chosen);
    assertThat(new Accounts(now::get).choose(NAMES, "", SEED)).isEqualTo(chosen);
  }

  @Test
  void conversationsAreSpread() {
    Map<String, Long> counts =
        IntStream.range(0, 300)
            .mapToObj(i -> accounts.choose(NAMES, "", List.of("alice", "=" + i)))
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));

    assertThat(counts)
        .hasSize(3)
        .allSatisfy((name, count) -> assertThat(count).isBetween(60L, 140L));
  }

  @Test
  void whoContinuesAResponseGetsItsAccount() {
    assertThat(NAMES).allSatisfy(n -> assertThat(accounts.choose(NAMES, n, SEED)).isEqualTo(n));
    assertThat(accounts.choose(NAMES, "gone", SEED)).isEqualTo(accounts.choose(NAMES, "", SEED));
  }

  @Test
  void anAccountThatRestsIsPassedOverForAMinute() {
    String first = accounts.choose(NAMES, "", SEED);
    accounts.rest(first, Optional.empty());
    String second = accounts.choose(NAMES, "", SEED);
    assertThat(second).isNotEqualTo(first);
    assertThat(accounts.choose(List.of(first), "", SEED)).isEqualTo(first);

    now.addAndGet(Duration.ofSeconds(60).toNanos());

    assertThat(accounts.choose(NAMES, "", SEED)).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"PT5S, PT5S", "PT24H, PT10M"})
  void theUpstreamMaySayForHowLongWithinLimits(Duration asked, Duration rest) {
    String first = accounts.choose(NAMES, "", SEED);
    accounts.rest(first, Optional.of(asked));

    now.addAndGet(rest.minusMillis(1).toNanos());
    assertThat(accounts.choose(NAMES, "", SEED)).isNotEqualTo(first);
    now.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(accounts.choose(NAMES, "", SEED)).isEqualTo(first);
  }

  @Test
  void anAccountThatRestsDoesSoInTheNextDeployment() {
    Map<String, String> credentials = Map.of("a", "1", "b", "2", "c", "3");
    String first = accounts.choose(NAMES, "", SEED);
    accounts.rest(first, Optional.empty());

    Accounts next = new Accounts(now::get);
    next.recall(accounts.note(credentials), credentials);

    assertThat(next.choose(NAMES, "", SEED)).isNotEqualTo(first);
    now.addAndGet(Duration.ofSeconds(60).toNanos());
    assertThat(next.choose(NAMES, "", SEED)).isEqualTo(first);
  }

  @Test
  void oneThatHasGotAnotherCredentialDoesNot() {
    String first = accounts.choose(NAMES, "", SEED);
    accounts.rest(first, Optional.empty());

    Accounts next = new Accounts(now::get);
    next.recall(accounts.note(Map.of(first, "old")), Map.of(first, "new"));

    assertThat(next.choose(NAMES, "", SEED)).isEqualTo(first);
  }

  @Test
  void aNoteOfAnotherVersionIsPassedOver() {
    String first = accounts.choose(NAMES, "", SEED);

    accounts.recall(first + " PT5S 1", Map.of(first, "1"));

    assertThat(accounts.choose(NAMES, "", SEED)).isEqualTo(first);
  }
}
