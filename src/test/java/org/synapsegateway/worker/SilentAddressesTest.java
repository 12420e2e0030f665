// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long an address is let alone that does not answer. */
class SilentAddressesTest {
  private static final InetAddress ONE = NetUtil.createInetAddressFromIpAddressString("10.0.0.1");
  private static final InetAddress OTHER = NetUtil.createInetAddressFromIpAddressString("10.0.0.2");

  private long now;
  private final SilentAddresses silent =
      new SilentAddresses(() -> TimeUnit.MILLISECONDS.toNanos(now));

  /** For how many milliseconds from now on nobody may try. */
  private long pause() {
    long begin = now;
    while (!silent.mayTry(ONE)) {
      now += 100;
    }
    return now - begin;
  }

  @Test
  void eachTimeItIsLetAloneForLongerUpToTenSeconds() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      silent.silent(ONE);
      pauses.add(pause());
    }
    assertThat(pauses).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 10_000L, 10_000L);
  }

  @Test
  void oneTriesItForAll() {
    silent.silent(ONE);
    pause();
    assertThat(silent.mayTry(ONE)).isFalse();
    silent.left(ONE);
    assertThat(silent.mayTry(ONE)).isTrue();
    silent.answered(ONE);
    assertThat(silent.mayTry(ONE)).isTrue();
    assertThat(silent.mayTry(ONE)).isTrue();
  }

  @Test
  void ofManyThatWaitedAtTheSameTimeOneCounts() {
    for (int i = 0; i < 100; i++) {
      silent.silent(ONE);
    }
    assertThat(pause()).isEqualTo(1_000);
  }

  @Test
  void anotherAddressIsAnotherMatter() {
    silent.silent(ONE);
    assertThat(silent.mayTry(OTHER)).isTrue();
    silent.retain(Set.of(OTHER));
    assertThat(silent.mayTry(ONE)).isTrue();
  }
}
