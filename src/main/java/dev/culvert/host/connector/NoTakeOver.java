package dev.culvert.host.connector;

/** For a server whose connector is none of those known: its connections stay with it. */
public final class NoTakeOver implements TakeOver {

  private static final String REASON = "the server is neither Payara nor WildFly";

  /** Made by the host that boots on such a server. */
  public NoTakeOver() {}

  @Override
  public String refusal(Object request) {
    return REASON;
  }

  @Override
  public void decline(Object request) {}

  @Override
  public boolean abort(Object request) {
    return false;
  }

  @Override
  public void take(Object request, Object response, Receiver receiver) {
    throw new IllegalStateException(REASON);
  }

  @Override
  public void undeployed(ClassLoader loader) {}
}
