// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.internal.StringUtil;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the test run if Netty reports one leaked buffer.
 *
 * <p>Registered with the JUnit Platform through META-INF/services, so that it is there before the
 * first buffer of the JVM. Netty notices a leak when it makes another buffer after the garbage
 * collector has found the lost one, so at the end both are made to happen.
 *
 * <p>Every buffer is watched, not a sample as by default, and a report says where it was made. With
 * {@code -Dleaks.paths=true} it also says where the buffer has been since, which costs a stack
 * trace for each access to any buffer.
 */
public final class LeakWatch implements LauncherSessionListener {
  private static final int ROUNDS = 3;
  private static final long COLLECTED_WITHIN_MILLIS = 10_000;
  private static final String LEAK_OF = "LEAK of ";
  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  static final Level LEVEL = Boolean.getBoolean("leaks.paths") ? Level.PARANOID : Level.SIMPLE;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetector.setLevel(LEVEL);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (!leaks().isEmpty()) {
      System.err.println(String.join(System.lineSeparator(), LEAKS));
      throw new AssertionError(LEAKS.size() + " leaks; see above");
    }
  }

  /** Every leak since the JVM began, each with Netty's record of where the buffer has been. */
  public static List<String> leaks() {
    for (int round = 0; round < ROUNDS; round++) {
      collectGarbage();
      makeBuffers();
    }
    return List.copyOf(LEAKS);
  }

  /** Strikes from the list what a test lost on purpose. */
  static void forgive(Class<?> resource) {
    LEAKS.removeIf(leak -> leak.startsWith(LEAK_OF + StringUtil.simpleClassName(resource)));
  }

  /** Returns when a collection has found an object that was lost before it began. */
  private static void collectGarbage() {
    ReferenceQueue<Object> found = new ReferenceQueue<>();
    WeakReference<Object> lost = new WeakReference<>(new Object(), found);
    System.gc();
    try {
      if (found.remove(COLLECTED_WITHIN_MILLIS) != lost) {
        throw new IllegalStateException("System.gc() does nothing here; leaks cannot be seen");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void makeBuffers() {
    for (ByteBufAllocator allocator :
        List.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT)) {
      ByteBuf heap = allocator.heapBuffer(1);
      heap.release();
      ByteBuf direct = allocator.directBuffer(1);
      direct.release();
    }
  }

  private static final class Factory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // the one to implement; the other overloads call it
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Detector<>(resource);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<T> resource) {
      super(resource, 1);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(LEAK_OF + resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(LEAK_OF + resourceType);
    }
  }
}
