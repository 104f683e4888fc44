package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnBodyTest {

  @Test
  void whetherAClientStreamsItSaysItself() {
    assertThat(TurnBody.read("{\"stream\":true}").stream()).isTrue();
    assertThat(TurnBody.read("{}").stream()).isFalse();
    assertThat(TurnBody.read("{\"stream\":\"true\"}").stream()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"x\"                                                                      | x",
        "[3,[{'role':'user'}],{'role':['user'],'content':'x'},{'role':'user','content':'y'}] | y",
        "[{'content':'x','role':'user'},{'role':'user','content':'y'}]              | x",
        "[{'role':'user','content':[1,{'text':{'text':'w'}},{'x':1,'text':'x'},{'text':'y'}]}] | x",
        "[{'role':'user','content':{'text':'x'}},{'role':'user','content':'y'}]     | none",
        "[{'role':'user','content':[]}]                                             | none",
        "{'role':'user','content':'x'}                                              | none"
      })
  void theFirstWordsOfTheUserAreFoundAmongOtherThings(String input, String words) {
    TurnBody body =
        TurnBody.read("{'a':[{}],'input':%s,'b':1}".formatted(input).replace('\'', '"'));

    assertThat(body.firstUserText().orElse("none")).isEqualTo(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "\"text\"", "{\"a\":", "{\"input\":[{", "3", "{}x", "{}{}"})
  void onlyAnObjectIsABody(String text) {
    assertNoBody(text, "not JSON");
  }

  @Test
  void whatIsBeyondTheParsersLimitsIsNoBody() {
    assertNoBody("{\"a\":" + "1".repeat(1_200) + "}", "not JSON");
    assertNoBody("{\"a\":" + "[".repeat(999) + "]".repeat(999) + "}", "not JSON");
    assertThat(TurnBody.read("{\"a\":" + "[".repeat(998) + "]".repeat(998) + "}")).isNotNull();
  }

  @Test
  void norIsOneOfMoreThanAThousandMembers() {
    assertThat(TurnBody.read(members(1_000)).members()).hasSize(1_000);
    assertNoBody(members(1_001), "more than 1000 members");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "{\"b\":[1]}", "[2,[3]]"})
  void norIsOneWithTwoMembersOfOneName(String value) {
    assertNoBody("{\"a\":%s,\"b\":1,\"\\u0061\":2}".formatted(value), "a: given twice");
    assertThat(TurnBody.read("{\"a\":%s,\"b\":1}".formatted(value)).members()).hasSize(2);
  }

  @Test
  void ofANameThatIsGivenTwiceThePrintableBeginningIsTold() {
    String name = "\\ud800\\n" + "x".repeat(100);

    assertNoBody(
        "{'%s':1,'%s':2}".formatted(name, name).replace('\'', '"'), "??" + "x".repeat(62) + ":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"\":0}", "[]", "\"\"", "0"})
  void ofManyValuesNoTreeIsMade(String value) {
    String text = "{\"input\":[" + (value + ",").repeat(200_000) + value + "]}";
    long before = Allocated.bytes();

    TurnBody unused = TurnBody.read(text);

    assertThat((Allocated.bytes() - before) / text.length()).isLessThan(16);
  }

  private static void assertNoBody(String text, String complaint) {
    assertThatThrownBy(() -> TurnBody.read(text))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageStartingWith(complaint);
  }

  private static String members(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"m" + i + "\":0")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
