// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class LeakWatchTest {
  private static final class Probe {}

  private final ResourceLeakDetector<Probe> detector =
      ResourceLeakDetectorFactory.instance().newResourceLeakDetector(Probe.class);

  @Test
  void lostResourceIsOnTheList() {
    lose();
    assertThat(LeakWatch.leaks()).isNotNull(); // collects garbage
    closeNext();

    assertThat(LeakWatch.leaks()).anySatisfy(leak -> assertThat(leak).contains("Probe"));
    LeakWatch.forgive(Probe.class);
    assertThat(LeakWatch.leaks()).noneSatisfy(leak -> assertThat(leak).contains("Probe"));
  }

  @Test
  void closedResourceIsNot() {
    closeNext();
    assertThat(LeakWatch.leaks()).isNotNull();
    closeNext();

    assertThat(LeakWatch.leaks()).noneSatisfy(leak -> assertThat(leak).contains("Probe"));
  }

  @Test
  void nettyWatchesItsBuffersInThisWay() throws ReflectiveOperationException {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(LeakWatch.LEVEL);
    var field = AbstractByteBuf.class.getDeclaredField("leakDetector");
    field.setAccessible(true);
    assertThat(field.get(null).getClass().getEnclosingClass()).isEqualTo(LeakWatch.class);
  }

  private WeakReference<?> lose() {
    return new WeakReference<>(detector.track(new Probe()));
  }

  private void closeNext() {
    Probe probe = new Probe();
    ResourceLeakTracker<Probe> tracker = detector.track(probe);
    assertThat(tracker).isNotNull();
    assertThat(tracker.close(probe)).isTrue();
  }
}
