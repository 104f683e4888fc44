package dev.culvert.bench;

import java.util.OptionalLong;

/**
 * What one idle stream costs a contestant.
 *
 * @param resident growth of resident memory per stream, in bytes
 * @param heap growth of live Java objects per stream, in bytes; empty without a Java heap
 */
record Memory(long resident, OptionalLong heap) {}
