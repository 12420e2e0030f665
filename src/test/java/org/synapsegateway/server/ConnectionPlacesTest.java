// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.synapsegateway.http.Failure;
import org.synapsegateway.settings.Settings;

/** How places are counted. */
class ConnectionPlacesTest {
  @Test
  void aPlaceThatIsGivenBackIsFree() throws Exception {
    ConnectionLimits limits = new ConnectionLimits(2);
    InetAddress one = InetAddress.getByName("192.0.2.1");
    InetAddress other = InetAddress.getByName("192.0.2.2");
    ConnectionLimits.Place first = limits.enter(one, 1);
    assertThat(first.refusal()).isNull();
    ConnectionLimits.Place second = limits.enter(one, 1);
    assertThat(second.refusal()).isEqualTo(Failure.TOO_MANY_REQUESTS);
    ConnectionLimits.Place third = limits.enter(other, 1);
    assertThat(third.refusal()).isNull();
    assertThat(limits.enter(null, 0).refusal()).isEqualTo(Failure.OVERLOADED);

    second.leave();
    first.leave();
    assertThat(limits.enter(one, 1).refusal()).isNull();
  }

  /** Its first request may find room, but not more than one address may have. */
  @Test
  void whoFoundNoRoomIsCountedOnceThereIs() throws Exception {
    ConnectionLimits limits = new ConnectionLimits(2);
    InetAddress one = InetAddress.getByName("192.0.2.1");
    ConnectionLimits.Place first = limits.enter(one, 2);
    ConnectionLimits.Place other = limits.enter(null, 0);
    ConnectionLimits.Place second = limits.enter(one, 2);
    ConnectionLimits.Place third = limits.enter(one, 2);
    assertThat(second.admit()).isEqualTo(Failure.OVERLOADED);
    other.leave();
    assertThat(second.admit()).isNull();
    first.leave();
    assertThat(third.admit()).isNull();
    second.leave();

    ConnectionLimits two = new ConnectionLimits(2);
    ConnectionLimits.Place mine = two.enter(one, 1);
    ConnectionLimits.Place others = two.enter(null, 0);
    ConnectionLimits.Place late = two.enter(one, 1);
    others.leave();
    assertThat(late.admit()).isEqualTo(Failure.TOO_MANY_REQUESTS);
    late.leave();
    mine.leave();
    assertThat(two.enter(one, 1).refusal()).isNull();
  }

  @Test
  void withoutATotalItIsWhatDescriptorsAndMemoryAllow() {
    int most = ConnectionLimits.of(Settings.defaults()).max();
    assertThat(most).isBetween(100, (int) (Runtime.getRuntime().maxMemory() / (16 * 1024)));
  }
}
