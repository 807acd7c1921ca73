#include <vidcv/media/decoder_process.hpp>

#include <cstdio>

int main()
{
  const int code = vidcv::serve_decoder();
  std::fputs("vidcv-decoder is started by the other programs of vidcv\n", stderr);
  return code;
}
