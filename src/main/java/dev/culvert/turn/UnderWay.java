package dev.culvert.turn;

/** Something of a deployment that is finished before the deployment ends. Any thread. */
public interface UnderWay {

  /** Takes up nothing new from now on; does not block. */
  void refuseNew();

  /** Takes up nothing new, and ends after what it is doing. */
  void drain();

  /** Ends whatever it is doing; the client is told. May block while the client takes nothing. */
  void cutOff(String detail);

  /** How many turns it has. */
  int turns();
}
