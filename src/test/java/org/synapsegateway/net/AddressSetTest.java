// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSetTest {
  private static final String PRIVATE =
      "127.0.0.0/8 ::1 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7";

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8, 127.0.0.1, true",
    "127.0.0.0/8, 127.255.255.255, true",
    "127.0.0.0/8, 128.0.0.0, false",
    "127.0.0.0/8, 126.255.255.255, false",
    "172.16.0.0/12, 172.15.255.255, false",
    "172.16.0.0/12, 172.16.0.0, true",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.7/32, 192.0.2.7, true",
    "192.0.2.6/31, 192.0.2.7, true",
    "192.0.2.6/31, 192.0.2.8, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 203.0.113.9, false",
    "::1, ::1, true",
    "::1, ::2, false",
    "::1, 0.0.0.1, false",
    "fc00::/7, fbff::1, false",
    "fc00::/7, fc00::1, true",
    "fc00::/7, fdff:ffff::1, true",
    "fc00::/7, fe00::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "::ffff:10.1.2.3, 10.1.2.3, true",
    "10.0.0.0/8, ::10.1.2.3, false",
  })
  void anAddressBelongsToItsNetworks(String set, String address, boolean expected) {
    assertThat(AddressSet.of(set).contains(AddressSet.numeric(address))).isEqualTo(expected);
  }

  @Test
  void anIpv4AddressInsideAnIpv6ObjectCountsAsIpv4() throws UnknownHostException {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
    InetAddress address = Inet6Address.getByAddress(null, mapped, 0);

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(AddressSet.of("10.0.0.0/8").contains(address)).isTrue();
    assertThat(AddressSet.of("::/0").contains(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/8 ::1", "10.0.0.0/8,::1", " 10.0.0.0/8 ,\t::1\n", "::1 10.0.0.0/8,"})
  void membersAreSeparatedBySpacesOrCommas(String text) {
    AddressSet set = AddressSet.of(text);

    assertThat(set.contains(AddressSet.numeric("10.9.9.9"))).isTrue();
    assertThat(set.contains(AddressSet.numeric("::1"))).isTrue();
    assertThat(set.contains(AddressSet.numeric("11.0.0.1"))).isFalse();
  }

  @Test
  void aClientOnAUnixSocketBelongsWhereUnixIsAMember() {
    assertThat(AddressSet.of("::1 unix:").contains(null)).isTrue();
    assertThat(AddressSet.of(PRIVATE).contains(null)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", " , "})
  void theEmptyTextIsTheEmptySet(String text) {
    assertThat(AddressSet.of(text).contains(InetAddress.getLoopbackAddress())).isFalse();
    assertThat(AddressSet.of(text).contains(null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33, prefix length from 0 to 32",
    "10.0.0.0/-1, prefix length",
    "10.0.0.0/, prefix length",
    "10.0.0.0/8/8, prefix length",
    "10.0.0.0/255.0.0.0, prefix length",
    "fc00::/129, prefix length from 0 to 128",
    "10.0.0.1/8, address bits behind its prefix",
    "fc00::1/7, address bits behind its prefix",
    "10.0.0, is not an address",
    "127.1, is not an address",
    "0x7f.1, is not an address",
    "10.0.0.256, is not an address",
    "010.0.0.1, is not an address",
    "::010.0.0.1, is not an address",
    "::1.2.3, is not an address",
    "10.0.0.1.2, is not an address",
    "localhost, is not an address",
    "example.org, is not an address",
    "unix, is not an address",
    "unix:/run/x.sock, is not an address",
    "fe80::1%eth0, is not an address",
    "[::1], is not an address",
    ":::1, is not an address",
    "1:2, is not an address",
    ".1:2, is not an address",
    "/8, is not an address",
    "*, is not an address",
    "::ffff:10.0.0.0/104, is an IPv4 network written as IPv6",
  })
  void whatIsNoNetworkIsRefusedByName(String member, String reason) {
    assertThatThrownBy(() -> AddressSet.of("127.0.0.1 " + member + " ::1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + member + "\"")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"traefik", "my-front_1", "front.example.org", "localhost"})
  void aNameIsRefusedWithTheNetworkToWriteInstead(String name) {
    assertThatThrownBy(() -> AddressSet.of("127.0.0.1 " + name))
        .hasMessageStartingWith("\"" + name + "\" is not an address or network; a name may")
        .hasMessageEndingWith("for example 172.18.0.0/16");
  }

  @ParameterizedTest
  @CsvSource({"::ffff:1.2.3.4, 1.2.3.4", "fe80::1, fe80::1", "1.2.3.4, 1.2.3.4"})
  void anAddressIsWrittenInOneWay(String address, String plain) throws UnknownHostException {
    InetAddress from =
        address.startsWith("::ffff:")
            ? Inet6Address.getByAddress(
                null, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4}, 3)
            : AddressSet.numeric(address);

    assertThat(AddressSet.plain(from)).isEqualTo(AddressSet.numeric(plain));
  }

  @Test
  void theDefaultOfThePrivateClientsCanBeRead() {
    AddressSet set = AddressSet.of(PRIVATE);

    assertThat(set.contains(AddressSet.numeric("192.168.1.1"))).isTrue();
    assertThat(set.contains(AddressSet.numeric("203.0.113.1"))).isFalse();
  }
}
