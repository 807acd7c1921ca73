#pragma once

namespace vidcv {

/// Seconds that a run, or a part of it, spent.
struct RunTimes {
  double decode_s = 0;  ///< summed over threads
  double encode_s = 0;
  double store_s = 0;
  double idle_s = 0;  ///< of the encoder, waiting for pictures

  RunTimes& operator+=(const RunTimes& other) noexcept
  {
    decode_s += other.decode_s;
    encode_s += other.encode_s;
    store_s += other.store_s;
    idle_s += other.idle_s;
    return *this;
  }
};

}  // namespace vidcv
