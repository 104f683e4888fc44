package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressesTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "192.0.2.1:8080, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::1, ::1",
    "::, ::",
    "[::1], ::1",
    "[2001:DB8::1]:443, 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
    "fe80:0:0:0:0:0:0:1%eth0, fe80::1",
    "1:0:0:0:0:0:0:0, 1::",
    "::ffff:192.0.2.1, 192.0.2.1"
  })
  void addressesAreReadAndWrittenInTheirShortForm(String text, String expected) {
    assertThat(IpAddresses.parse(text).map(IpAddresses::text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unknown",
        "_hidden",
        "localhost",
        "example.com",
        "1.2.3",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4.5",
        "1.2.3.4 ",
        "12345",
        "beef",
        "[1.2.3.4]",
        ":",
        ":::",
        "[::1",
        "::1]",
        "1:2:3:4:5:6:7:8:9",
        "g::1",
        "::1\n"
      })
  void nothingElseIsAnAddress(String text) {
    assertThat(IpAddresses.parse(text)).isEmpty();
  }
}
