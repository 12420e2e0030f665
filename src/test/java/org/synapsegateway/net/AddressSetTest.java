package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSetTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.255.0.1, true",
    "127.0.0.0/8, 128.0.0.1, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "10.0.0.0/31, 10.0.0.1, true",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "::1, ::1, true",
    "fc00::/7, fdff::1, true",
    "fc00::/7, fe00::1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "'1.1.1.1, 2.2.2.2', 2.2.2.2, true",
    "'', 127.0.0.1, false",
  })
  void membersAreNetworks(String set, String address, boolean member) {
    assertThat(AddressSet.of(set).contains(AddressSet.numeric(address))).isEqualTo(member);
  }

  @Test
  void clientsOnUnixSocketsAreAMemberOfTheirOwn() {
    assertThat(AddressSet.of("::1 unix:").contains(null)).isTrue();
    assertThat(AddressSet.of("0.0.0.0/0").contains(null)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/a",
        "10.0.0.0/-1",
        "10.0.0",
        "10.0.0.256",
        "host",
        "::/129",
        "10.0.0.1/8",
        "fc00::1/7",
        "1.2.3.4.5",
        "0x7f.1",
        "127.1"
      })
  void whatIsNoNetworkIsRefusedByName(String member) {
    assertThatThrownBy(() -> AddressSet.of("127.0.0.0/8 " + member))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + member + "\"");
  }
}
