// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.http.Failure;
import org.synapsegateway.net.Loop;
import org.synapsegateway.net.Loops;
import org.synapsegateway.wire.ScriptedWorker;

/** For how long connections stay that no request needs. */
class WorkerPoolTest {
  @TempDir Path directory;
  private Loops loops;
  private final WorkerConfiguration options = new WorkerConfiguration();
  private final Workers workers = new Workers();
  private Worker worker;
  private WorkerPool pool;
  private ScriptedWorker process;

  @BeforeEach
  void start() throws Exception {
    loops = new Loops(1);
    Loop loop = loops.all().get(0);
    process = ScriptedWorker.at(directory.resolve("w.sock"), connection -> connection.awaitEnd());
    worker = workers.enter(WorkerAddress.at(process.path().toString()), null);
    options.setKeepalive(2);
    options.setIdleTimeout(50_000);
    pool = worker.pool(loop);
  }

  @AfterEach
  void stop() {
    loops.close();
    process.close();
  }

  /** Opens so many, and releases one after the other. */
  private List<Long> patience(int count) throws Exception {
    return pool.loop().eventLoop().submit(() -> released(opened(count))).get();
  }

  private List<WorkerConnection> opened(int count) {
    List<WorkerConnection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pool.connectQueue().enter(new Waiter(connections));
    }
    return connections;
  }

  /** Keeps what it gets. */
  private record Waiter(List<WorkerConnection> connections) implements ConnectQueue.Waiter {
    @Override
    public void connected(WorkerConnection connection, boolean reused) {
      connections.add(connection);
    }

    @Override
    public void failed(Failure failure, String detail) {
      throw new AssertionError(detail);
    }

    @Override
    public long holdMillis() {
      return 0;
    }

    @Override
    public long connectMillis() {
      return 0;
    }

    @Override
    public long backlogMillis() {
      return 0;
    }
  }

  private List<Long> released(List<WorkerConnection> connections) {
    return connections.stream().map(each -> pool.release(each, options)).toList();
  }

  @Test
  void whatIsMoreThanKeepaliveGoesOneAfterTheOtherOnceItIsNotNeeded() throws Exception {
    assertThat(patience(5)).containsExactly(50_000L, 50_000L, 10_000L, 10_004L, 10_008L);
  }

  @Test
  void nothingStaysForLongerThanTheIdleTimeout() throws Exception {
    options.setIdleTimeout(10_004);

    assertThat(patience(5)).containsExactly(10_004L, 10_004L, 10_000L, 10_004L, 10_004L);
  }

  @Test
  void nothingStaysOfAWorkerThatNoRouteNamesAnyMore() throws Exception {
    workers.leave(worker);

    assertThat(patience(3)).containsExactly(1L, 1L, 1L);
  }
}
