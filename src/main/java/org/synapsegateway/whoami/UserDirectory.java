// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import com.github.benmanes.caffeine.cache.Ticker;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.MasqueradedUser;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.SytToken;
import org.synapsegateway.identity.TokenHash;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;

/**
 * Finds the user of every request, so that all devices of a user have one key, whatever kind of
 * token they hold.
 *
 * <p>The key is the part that nginx cuts out of a {@code syt_} token: the localpart in unpadded
 * base64. Such a token names its user, and an application service names the user for whom it acts.
 * For any other token the directory asks Synapse, once for all requests with that token, and keeps
 * the answer for a time. It also reads replies on their way to clients ({@link ReplyUserReader}). A
 * request waits for its {@link LookUpWait} at most; then its key is the token's hash. The hash is
 * also the key while Synapse does not answer, and for a client that exceeds its {@link
 * QuestionBudget}. Tokens themselves are not kept. Safe for any thread.
 */
public final class UserDirectory {
  private final @Nullable WhoAmI synapse;
  private final Limits limits;
  private final Map<LookUp, LongAdder> lookUps = new EnumMap<>(LookUp.class);

  private final KnownUsers known;
  private final ConcurrentMap<TokenHash, OpenQuestion> questions = new ConcurrentHashMap<>();
  private final QuestionBudget budget;

  /**
   * The limits of what is kept and asked.
   *
   * @param tokens the maximum number of tokens whose answer is kept
   * @param keep how long an answer is kept
   * @param keepUnknown how long a missing answer is remembered
   * @param questions how many questions may be open at once; further tokens are balanced by their
   *     hash
   * @param perClient how many questions that find no user one client may cause in a second; 0 for
   *     any number
   * @param perSecond how many questions may be put in a second; 0 for any number
   * @param timeout how long a request waits for an answer; polls wait {@link LookUpWait longer}
   */
  public record Limits(
      int tokens,
      Duration keep,
      Duration keepUnknown,
      int questions,
      int perClient,
      int perSecond,
      Duration timeout) {
    /** How many questions may be open at once. */
    public static final int QUESTIONS = 1_000;

    /** The same, but for any number of questions. */
    public Limits withoutRates() {
      return new Limits(tokens, keep, keepUnknown, questions, 0, 0, timeout);
    }
  }

  /**
   * @param synapse asks Synapse; null to use the tokens' hashes only
   */
  public UserDirectory(@Nullable WhoAmI synapse, Limits limits) {
    this(synapse, limits, Ticker.systemTicker());
  }

  UserDirectory(@Nullable WhoAmI synapse, Limits limits, Ticker clock) {
    this.synapse = synapse;
    this.limits = limits;
    for (LookUp how : LookUp.values()) {
      lookUps.put(how, new LongAdder());
    }
    this.budget = new QuestionBudget(limits.perClient, limits.perSecond, clock);
    this.known = new KnownUsers(limits, clock);
  }

  /**
   * The key of the request's user.
   *
   * @param loop the request's event loop, on whose thread this is called
   * @param later takes the key on {@code loop}, once, if this returns null
   * @return the key, empty if the request names no user; or null if the answer is awaited
   */
  public @Nullable Slice find(
      Request request, ScheduledExecutorService loop, Consumer<Slice> later) {
    AccessToken token = AccessToken.of(request.head());
    Slice plain = plainKey(token, request);
    return plain == null ? lookUp(token.text(), request, loop, later) : plain;
  }

  /** As {@link #find}, but does not ask Synapse; the token's hash if the user is not known. */
  public Slice findKnown(Request request) {
    AccessToken token = AccessToken.of(request.head());
    Slice plain = plainKey(token, request);
    if (plain != null) {
      return plain;
    }
    Slice user = synapse == null ? null : known.get(known.hash(token.text()));
    return keyOf(user == null ? Slice.EMPTY : user, token.text());
  }

  /** The key that the request itself contains; null if it has none. */
  private static @Nullable Slice plainKey(AccessToken token, Request request) {
    request.trace().keyedBy(token.kind().key());
    return switch (token.kind()) {
      case NONE -> Slice.EMPTY;
      case SYT -> SytToken.localpart(token.text());
      case OPAQUE -> {
        Slice masquerade = MasqueradedUser.key(request.head());
        if (masquerade.isEmpty()) {
          yield null;
        }
        request.trace().keyedBy(KeyKind.APPSERVICE);
        yield masquerade;
      }
      case MAS, GUEST -> null;
    };
  }

  /**
   * Reads the user of a token from a worker's reply to a request, if the reply names one.
   *
   * @return null if it is nothing
   */
  public @Nullable ReplyUserReader lesson(RequestHead head, Reply reply) {
    return synapse == null || reply.status() != 200
        ? null
        : ReplyUserReader.of(this, head, reply.head().first("content-encoding"));
  }

  /** Remembers the user of a token, if there is one. */
  void learn(TokenHash token, Slice user) {
    if (!user.isEmpty()) {
      known.keep(token, user);
      count(LookUp.LEARNED);
    }
  }

  TokenHash hash(Slice token) {
    return known.hash(token);
  }

  /**
   * Forgets the token of a request to which a worker has replied 401, because the token may have
   * been withdrawn. (A 401 may also ask for the user's password; then Synapse is asked once more
   * than necessary.)
   */
  public void refused(RequestHead head) {
    AccessToken token = AccessToken.of(head);
    if (token.kind() != AccessToken.Kind.NONE && token.kind() != AccessToken.Kind.SYT) {
      // that a token is unknown is not forgotten, or each refused request would ask again
      known.forget(known.hash(token.text()));
    }
  }

  /** How many look-ups had this outcome. */
  public long lookUps(LookUp how) {
    return of(how).sum();
  }

  private LongAdder of(LookUp how) {
    return Objects.requireNonNull(lookUps.get(how)); // there is one for each
  }

  private void count(LookUp how) {
    of(how).increment();
  }

  /** Writes what is known, for the process that takes over; it holds a secret. */
  public void write(DataOutput out) throws IOException {
    known.write(out);
  }

  /** Reads what another directory has written. Called before the first look-up. */
  public void read(DataInput in) throws IOException {
    known.read(in);
  }

  /** Of how many tokens something is kept. */
  long size() {
    return known.size();
  }

  private @Nullable Slice lookUp(
      Slice token, Request request, ScheduledExecutorService loop, Consumer<Slice> later) {
    if (synapse == null) {
      return TokenHash.plain(token);
    }
    TokenHash id = known.hash(token);
    Slice user = known.get(id);
    if (user == null) {
      return ask(synapse, id, token, request, new Waiter(TokenHash.plain(token), loop, later));
    }
    count(LookUp.HIT);
    return keyOf(user, token);
  }

  private static Slice keyOf(Slice user, Slice token) {
    return user.isEmpty() ? TokenHash.plain(token) : user;
  }

  private @Nullable Slice ask(
      WhoAmI asked, TokenHash id, Slice token, Request request, Waiter waiter) {
    InetAddress client = request.client().inet();
    boolean open = questions.containsKey(id);
    if (!open && questions.size() >= limits.questions) {
      count(LookUp.SKIPPED);
      return waiter.otherwise();
    }
    if (!open && !budget.take(client)) {
      count(LookUp.LIMITED);
      return waiter.otherwise();
    }
    OpenQuestion mine = new OpenQuestion();
    OpenQuestion joined = questions.compute(id, (same, other) -> join(same, other, mine, waiter));
    if (!open && joined != mine) {
      budget.giveBack(client); // somebody else has asked meanwhile
    }
    if (joined == null) {
      count(LookUp.HIT);
      Slice user = known.get(id);
      return user == null ? waiter.otherwise() : keyOf(user, token);
    }
    waiter.begin(LookUpWait.of(request.head(), limits.timeout), () -> leave(id, waiter));
    count(joined == mine ? LookUp.ASKED : LookUp.JOINED);
    if (joined == mine) {
      WhoAmI.Question question = WhoAmI.Question.of(token, request.client(), request.head());
      asked.ask(question, waiter.loop(), body -> answered(id, client, body));
    }
    return null;
  }

  /** Adds a waiter to the open question or to a new one; null if there is an answer by now. */
  private @Nullable OpenQuestion join(
      TokenHash id, @Nullable OpenQuestion open, OpenQuestion fresh, Waiter waiter) {
    // an answer is kept before its question is removed, so no question is asked twice
    if (open == null && known.get(id) != null) {
      return null;
    }
    OpenQuestion question = open == null ? fresh : open;
    question.add(waiter);
    return question;
  }

  private void leave(TokenHash id, Waiter waiter) {
    questions.computeIfPresent(
        id,
        (same, open) -> {
          open.remove(waiter);
          return open;
        });
  }

  /** How many requests wait for an answer. */
  int waiting() {
    return questions.values().stream().mapToInt(OpenQuestion::size).sum();
  }

  private void answered(TokenHash id, @Nullable InetAddress client, byte @Nullable [] body) {
    Slice user = known.keep(id, body == null ? Slice.EMPTY : WhoAmIReply.of(body).user());
    if (!user.isEmpty()) {
      budget.giveBack(client);
    }
    OpenQuestion question = questions.remove(id);
    if (question != null) {
      question.answer(user);
    }
  }
}
