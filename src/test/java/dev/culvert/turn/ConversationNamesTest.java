package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.TurnRules;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversationNamesTest {

  private static final ConversationNames NAMES =
      new ConversationNames(TurnRules.DEFAULTS.conversation());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'prompt_cache_key':'a','session_id':'b'}  | x-conversation-id | h | =a",
        "{'session_id':'b'}                         | x-conversation-id | h | =h",
        "{'session_id':'b'}                         | none              | h | =b",
        "{'prompt_cache_key':'','input':3}          | session_id        | s | =s",
        "{'previous_response_id':'r1'}              | none              | h | recorded",
        "{'previous_response_id':'r1','prompt_cache_key':'a'} | none    | h | =a",
        "{'previous_response_id':'r2'}              | none              | h | ''",
        "{'input':[{'role':'assistant','content':'x'}]} | none          | h | ''",
        "{'prompt_cache_key':7}                     | none              | h | ''"
      })
  void theFirstThatIsThereCounts(String body, String header, String value, String expected) {
    assertThat(
            NAMES.conversation(
                body(body),
                name -> Optional.ofNullable(Map.of(header, value).get(name)),
                id -> Optional.ofNullable(Map.of("r1", "recorded").get(id))))
        .isEqualTo(expected);
  }

  @Test
  void theSameBeginningIsTheSameConversation() {
    String first = worked("{'model':'m','instructions':'i','input':'hello'}");

    assertThat(first).matches("#[0-9a-f]{32}");
    assertThat(
            worked(
                "{'instructions':'i','model':'m','input':[{'role':'developer','content':'x'},"
                    + "{'role':'user','content':[{'type':'input_text','text':'hello'}]},"
                    + "{'role':'user','content':'more'}]}"))
        .isEqualTo(first);
    assertThat(worked("{'model':'m','instructions':'i','input':'hallo'}")).isNotEqualTo(first);
    assertThat(worked("{'model':'mi','instructions':'','input':'hello'}")).isNotEqualTo(first);
  }

  @Test
  void instructionsAndToolsMakeTheVariant() {
    String variant = ConversationNames.variant(body("{'instructions':'i','tools':[{'name':'t'}]}"));

    assertThat(ConversationNames.variant(body("{'tools':[{'name':'t'}],'instructions':'i'}")))
        .isEqualTo(variant);
    assertThat(ConversationNames.variant(body("{'instructions':'i','tools':[]}")))
        .isNotEqualTo(variant);
    assertThat(ConversationNames.variant(body("{'tools':[{'name':'t'}]}"))).isNotEqualTo(variant);
  }

  private static String worked(String body) {
    return NAMES.conversation(body(body), name -> Optional.empty(), id -> Optional.empty());
  }

  private static TurnBody body(String quoted) {
    return TurnBody.read(quoted.replace('\'', '"'));
  }
}
