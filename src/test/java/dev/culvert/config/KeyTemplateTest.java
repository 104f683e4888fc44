package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyTemplateTest {

  private static final KeyTemplate SET =
      new KeyTemplate("culvert.routes.<name>.headers.request.set.<header>");

  @Test
  void variableHasCapitalsDigitsAndUnderscores() {
    assertThat(KeyTemplate.variableOf("a.z-0_9@[`{/:A.Z")).isEqualTo("A_Z_0_9______A_Z");
  }

  @Test
  void headerMayHaveDotsAndANameMayNot() {
    assertThat(SET.matches("culvert.routes.chat.headers.request.set.X.Y")).isTrue();
    assertThat(SET.matches("culvert.routes.my.chat.headers.request.set.X")).isFalse();
    assertThat(SET.matches("culvert.routes.chat.headers.request.set.")).isFalse();
    assertThat(SET.matches("culvert/routes.chat.headers.request.set.X")).isFalse();
  }

  @Test
  void variableIsTakenApartAtTheFirstPlacePossible() {
    assertThat(SET.parse("CULVERT_ROUTES_MY_CHAT_HEADERS_REQUEST_SET_X_HEADERS_REQUEST_SET_Y"))
        .contains(new KeyTemplate.Parts(SET, "MY_CHAT", "X_HEADERS_REQUEST_SET_Y"));
  }

  @Test
  void variableOfAnotherKindIsNotTakenApart() {
    assertThat(SET.parse("CULVERT_ROUTES_CHAT_PATH")).isEmpty();
  }

  @Test
  void nameAndHeaderOfAnotherKeyAreFilledIn() {
    assertThat(SET.shapedLike("culvert.rotes.chat.headers.request.sett.X.Y"))
        .isEqualTo("culvert.routes.chat.headers.request.set.X.Y");
    assertThat(SET.shapedLike("culvert.x")).isEqualTo("culvert.routes..headers.request.set.");
  }
}
