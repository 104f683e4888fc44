/** What a stream is made of: ways for bytes, whether or not there is a channel behind them. */
package dev.culvert.host.wire;
