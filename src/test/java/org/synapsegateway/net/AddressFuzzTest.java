// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Choices;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;

/** Addresses and networks, held against plain arithmetic on whole numbers. */
class AddressFuzzTest {
  private static final Mutation TEXTS =
      new Mutation(
          List.of(
              "127.0.0.0/8 ::1 unix:",
              "10.0.0.0/8, 172.16.0.0/12,192.168.0.0/16\tfc00::/7",
              "2001:db8:1:2:3:4:5:6/128",
              "::ffff:1.2.3.4 1::8 fe80::1%eth0",
              "[::1]:80 1.2.3.4:80 example.org"),
          List.of(
              "/",
              ":",
              "::",
              ".",
              ",",
              " ",
              "\0",
              "0",
              "00",
              "01",
              "256",
              "65536",
              "fffff",
              "/0",
              "/32",
              "/33",
              "/128",
              "/129",
              "/-1",
              "/999999999999",
              "0x",
              "\u0661",
              "unix:",
              "a.b"));

  /** A network as a number and its length. */
  private record Net(BigInteger address, int bits, int prefix) {
    boolean has(BigInteger other, int otherBits) {
      return bits == otherBits
          && address.shiftRight(bits - prefix).equals(other.shiftRight(bits - prefix));
    }
  }

  private static BigInteger number(Choices in, int bits) {
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < bits / 8; i++) {
      number = number.shiftLeft(8).or(BigInteger.valueOf(in.oneIn(3) ? in.below(256) : 0));
    }
    // an address within ::ffff:0:0/96 is IPv4's, and no IPv6 one
    return bits == 128 ? number.setBit(126) : number;
  }

  private static InetAddress address(BigInteger number, int bits) throws UnknownHostException {
    byte[] bytes = new byte[bits / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(bits - 8 * (i + 1)).byteValue();
    }
    return InetAddress.getByAddress(bytes);
  }

  @Test
  void anAddressIsInASetIfItsFirstBitsAreThoseOfAMember() {
    Fuzz.check(
        10_000,
        in -> {
          List<Net> nets = new ArrayList<>();
          StringBuilder text = new StringBuilder();
          for (int i = in.below(4); i > 0; i--) {
            int bits = in.of(32, 128);
            int prefix = in.below(bits + 1);
            BigInteger address =
                number(in, bits).shiftRight(bits - prefix).shiftLeft(bits - prefix);
            nets.add(new Net(address, bits, prefix));
            text.append(address(address, bits).getHostAddress()).append('/').append(prefix);
            text.append(in.of(" ", ", ", ",", "\n"));
          }
          AddressSet set = AddressSet.of(text.toString());

          int bits = in.of(32, 128);
          BigInteger asked =
              nets.isEmpty() || in.oneIn(3) ? number(in, bits) : near(in, in.of(nets), bits);
          assertThat(set.contains(address(asked, bits)))
              .isEqualTo(nets.stream().anyMatch(net -> net.has(asked, bits)));
        });
  }

  /** An address that differs from a network's in one bit, if it is of the same kind. */
  private static BigInteger near(Choices in, Net net, int bits) {
    return net.bits() == bits ? net.address().flipBit(in.below(bits)) : number(in, bits);
  }

  @Test
  void aTextIsASetOrARefusalThatNamesTheMember() {
    Fuzz.check(
        20_000,
        in -> {
          String text = in.text(TEXTS::make);
          try {
            AddressSet.of(text);
          } catch (IllegalArgumentException e) {
            assertThat(Arrays.stream(text.trim().split("[\\s,]+", -1)))
                .anySatisfy(member -> assertThat(e).hasMessageStartingWith("\"" + member + "\""));
          }
        });
  }

  @Test
  void whatIsTakenForAnAddressIsWrittenAsOne() {
    Fuzz.check(
        40_000,
        in -> {
          String text =
              in.text(
                  random ->
                      random.nextBoolean()
                          ? TEXTS.make(random).split("[ ,/]", -1)[0]
                          : Mutation.pieces(
                              random, 16, "1", ":", "::", ".", "ff", "0", "255", "1.2.3.4"));
          InetAddress address = AddressSet.numeric(text);
          byte[] plain = text.indexOf(':') < 0 ? ipv4(text) : ipv6(text);

          assertThat(address == null ? null : mapped(address.getAddress())).isEqualTo(plain);
        });
  }

  private static byte[] mapped(byte[] bytes) {
    if (bytes.length == 16) {
      return bytes;
    }
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }

  /** Four numbers up to 255 without leading zeros, as an IPv4-mapped address; or null. */
  private static byte[] ipv4(String text) {
    String number = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    if (!text.matches(number + "(\\." + number + "){3}")) {
      return null;
    }
    byte[] bytes = new byte[4];
    String[] numbers = text.split("\\.", -1);
    for (int i = 0; i < 4; i++) {
      bytes[i] = (byte) Integer.parseInt(numbers[i]);
    }
    return mapped(bytes);
  }

  /** RFC 4291 section 2.2, but that a group may begin with more zeros, as in the JDK; or null. */
  private static byte[] ipv6(String text) {
    String hex = text;
    int dot = text.indexOf('.');
    if (dot >= 0) {
      int colon = text.lastIndexOf(':');
      byte[] end = ipv4(text.substring(colon + 1));
      if (end == null) {
        return null;
      }
      hex =
          text.substring(0, colon + 1)
              + String.format("%02x%02x:%02x%02x", end[12], end[13], end[14], end[15]);
    }
    int gap = hex.indexOf("::");
    List<String> before = groups(gap < 0 ? hex : hex.substring(0, gap));
    List<String> after = gap < 0 ? List.of() : groups(hex.substring(gap + 2));
    int given = before.size() + after.size();
    boolean right = (gap < 0 ? given == 8 : given < 8) && text.length() <= 45;
    List<String> all = new ArrayList<>(before);
    for (int i = given; i < 8; i++) {
      all.add("0");
    }
    all.addAll(after);
    if (!right || !all.stream().allMatch(group -> group.matches("0*[0-9a-fA-F]{1,4}"))) {
      return null;
    }
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      int group = Integer.parseInt(all.get(i), 16);
      bytes[2 * i] = (byte) (group >> 8);
      bytes[2 * i + 1] = (byte) group;
    }
    return bytes;
  }

  private static List<String> groups(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(":", -1));
  }
}
