/* Handlers of the integer instructions that need no privilege and load no segment register. Named as opcode.h says. */
#ifndef EMU_CPU_OPS_H
#define EMU_CPU_OPS_H

#include "emu/cpu/insn.h"

/* op_alu.c */
extern const struct handler op_add_Eb_Gb_r, op_add_Eb_Gb_m, op_add_Ev_Gv_r16, op_add_Ev_Gv_m16, op_add_Ev_Gv_r32;
extern const struct handler op_add_Ev_Gv_m32, op_add_Gb_Eb_r, op_add_Gb_Eb_m, op_add_Gv_Ev_r16, op_add_Gv_Ev_m16;
extern const struct handler op_add_Gv_Ev_r32, op_add_Gv_Ev_m32, op_add_AL_Ib, op_add_eAX_Iv_16, op_add_eAX_Iv_32;
extern const struct handler op_add_Eb_Ib_r, op_add_Eb_Ib_m, op_add_Ev_Iv_r16, op_add_Ev_Iv_m16, op_add_Ev_Iv_r32;
extern const struct handler op_add_Ev_Iv_m32, op_or_Eb_Gb_r, op_or_Eb_Gb_m, op_or_Ev_Gv_r16, op_or_Ev_Gv_m16;
extern const struct handler op_or_Ev_Gv_r32, op_or_Ev_Gv_m32, op_or_Gb_Eb_r, op_or_Gb_Eb_m, op_or_Gv_Ev_r16;
extern const struct handler op_or_Gv_Ev_m16, op_or_Gv_Ev_r32, op_or_Gv_Ev_m32, op_or_AL_Ib, op_or_eAX_Iv_16;
extern const struct handler op_or_eAX_Iv_32, op_or_Eb_Ib_r, op_or_Eb_Ib_m, op_or_Ev_Iv_r16, op_or_Ev_Iv_m16;
extern const struct handler op_or_Ev_Iv_r32, op_or_Ev_Iv_m32, op_adc_Eb_Gb_r, op_adc_Eb_Gb_m, op_adc_Ev_Gv_r16;
extern const struct handler op_adc_Ev_Gv_m16, op_adc_Ev_Gv_r32, op_adc_Ev_Gv_m32, op_adc_Gb_Eb_r, op_adc_Gb_Eb_m;
extern const struct handler op_adc_Gv_Ev_r16, op_adc_Gv_Ev_m16, op_adc_Gv_Ev_r32, op_adc_Gv_Ev_m32, op_adc_AL_Ib;
extern const struct handler op_adc_eAX_Iv_16, op_adc_eAX_Iv_32, op_adc_Eb_Ib_r, op_adc_Eb_Ib_m, op_adc_Ev_Iv_r16;
extern const struct handler op_adc_Ev_Iv_m16, op_adc_Ev_Iv_r32, op_adc_Ev_Iv_m32, op_sbb_Eb_Gb_r, op_sbb_Eb_Gb_m;
extern const struct handler op_sbb_Ev_Gv_r16, op_sbb_Ev_Gv_m16, op_sbb_Ev_Gv_r32, op_sbb_Ev_Gv_m32, op_sbb_Gb_Eb_r;
extern const struct handler op_sbb_Gb_Eb_m, op_sbb_Gv_Ev_r16, op_sbb_Gv_Ev_m16, op_sbb_Gv_Ev_r32, op_sbb_Gv_Ev_m32;
extern const struct handler op_sbb_AL_Ib, op_sbb_eAX_Iv_16, op_sbb_eAX_Iv_32, op_sbb_Eb_Ib_r, op_sbb_Eb_Ib_m;
extern const struct handler op_sbb_Ev_Iv_r16, op_sbb_Ev_Iv_m16, op_sbb_Ev_Iv_r32, op_sbb_Ev_Iv_m32, op_and_Eb_Gb_r;
extern const struct handler op_and_Eb_Gb_m, op_and_Ev_Gv_r16, op_and_Ev_Gv_m16, op_and_Ev_Gv_r32, op_and_Ev_Gv_m32;
extern const struct handler op_and_Gb_Eb_r, op_and_Gb_Eb_m, op_and_Gv_Ev_r16, op_and_Gv_Ev_m16, op_and_Gv_Ev_r32;
extern const struct handler op_and_Gv_Ev_m32, op_and_AL_Ib, op_and_eAX_Iv_16, op_and_eAX_Iv_32, op_and_Eb_Ib_r;
extern const struct handler op_and_Eb_Ib_m, op_and_Ev_Iv_r16, op_and_Ev_Iv_m16, op_and_Ev_Iv_r32, op_and_Ev_Iv_m32;
extern const struct handler op_sub_Eb_Gb_r, op_sub_Eb_Gb_m, op_sub_Ev_Gv_r16, op_sub_Ev_Gv_m16, op_sub_Ev_Gv_r32;
extern const struct handler op_sub_Ev_Gv_m32, op_sub_Gb_Eb_r, op_sub_Gb_Eb_m, op_sub_Gv_Ev_r16, op_sub_Gv_Ev_m16;
extern const struct handler op_sub_Gv_Ev_r32, op_sub_Gv_Ev_m32, op_sub_AL_Ib, op_sub_eAX_Iv_16, op_sub_eAX_Iv_32;
extern const struct handler op_sub_Eb_Ib_r, op_sub_Eb_Ib_m, op_sub_Ev_Iv_r16, op_sub_Ev_Iv_m16, op_sub_Ev_Iv_r32;
extern const struct handler op_sub_Ev_Iv_m32, op_xor_Eb_Gb_r, op_xor_Eb_Gb_m, op_xor_Ev_Gv_r16, op_xor_Ev_Gv_m16;
extern const struct handler op_xor_Ev_Gv_r32, op_xor_Ev_Gv_m32, op_xor_Gb_Eb_r, op_xor_Gb_Eb_m, op_xor_Gv_Ev_r16;
extern const struct handler op_xor_Gv_Ev_m16, op_xor_Gv_Ev_r32, op_xor_Gv_Ev_m32, op_xor_AL_Ib, op_xor_eAX_Iv_16;
extern const struct handler op_xor_eAX_Iv_32, op_xor_Eb_Ib_r, op_xor_Eb_Ib_m, op_xor_Ev_Iv_r16, op_xor_Ev_Iv_m16;
extern const struct handler op_xor_Ev_Iv_r32, op_xor_Ev_Iv_m32, op_cmp_Eb_Gb_r, op_cmp_Eb_Gb_m, op_cmp_Ev_Gv_r16;
extern const struct handler op_cmp_Ev_Gv_m16, op_cmp_Ev_Gv_r32, op_cmp_Ev_Gv_m32, op_cmp_Gb_Eb_r, op_cmp_Gb_Eb_m;
extern const struct handler op_cmp_Gv_Ev_r16, op_cmp_Gv_Ev_m16, op_cmp_Gv_Ev_r32, op_cmp_Gv_Ev_m32, op_cmp_AL_Ib;
extern const struct handler op_cmp_eAX_Iv_16, op_cmp_eAX_Iv_32, op_cmp_Eb_Ib_r, op_cmp_Eb_Ib_m, op_cmp_Ev_Iv_r16;
extern const struct handler op_cmp_Ev_Iv_m16, op_cmp_Ev_Iv_r32, op_cmp_Ev_Iv_m32, op_test_Eb_Gb_r, op_test_Eb_Gb_m;
extern const struct handler op_test_Ev_Gv_r16, op_test_Ev_Gv_m16, op_test_Ev_Gv_r32, op_test_Ev_Gv_m32, op_test_Eb_Ib_r;
extern const struct handler op_test_Eb_Ib_m, op_test_Ev_Iv_r16, op_test_Ev_Iv_m16, op_test_Ev_Iv_r32, op_test_Ev_Iv_m32;
extern const struct handler op_test_AL_Ib, op_test_eAX_Iv_16, op_test_eAX_Iv_32, op_inc_Eb_r, op_inc_Eb_m;
extern const struct handler op_inc_Ev_r16, op_inc_Ev_m16, op_inc_Ev_r32, op_inc_Ev_m32, op_dec_Eb_r, op_dec_Eb_m;
extern const struct handler op_dec_Ev_r16, op_dec_Ev_m16, op_dec_Ev_r32, op_dec_Ev_m32, op_not_Eb_r, op_not_Eb_m;
extern const struct handler op_not_Ev_r16, op_not_Ev_m16, op_not_Ev_r32, op_not_Ev_m32, op_neg_Eb_r, op_neg_Eb_m;
extern const struct handler op_neg_Ev_r16, op_neg_Ev_m16, op_neg_Ev_r32, op_neg_Ev_m32, op_inc_Zv_16, op_inc_Zv_32;
extern const struct handler op_dec_Zv_16, op_dec_Zv_32;

/* op_shift.c */
op_fn op_shld_Ev_Gv_Ib_m16, op_shld_Ev_Gv_Ib_m32, op_shld_Ev_Gv_CL_m16, op_shld_Ev_Gv_CL_m32, op_shrd_Ev_Gv_Ib_m16;
op_fn op_shrd_Ev_Gv_Ib_m32, op_shrd_Ev_Gv_CL_m16, op_shrd_Ev_Gv_CL_m32;
extern const struct handler op_rol_Eb_1_r, op_rol_Eb_1_m, op_rol_Ev_1_r16, op_rol_Ev_1_m16, op_rol_Ev_1_r32;
extern const struct handler op_rol_Ev_1_m32, op_rol_Eb_Ib_r, op_rol_Eb_Ib_m, op_rol_Ev_Ib_r16, op_rol_Ev_Ib_m16;
extern const struct handler op_rol_Ev_Ib_r32, op_rol_Ev_Ib_m32, op_rol_Eb_CL_r, op_rol_Eb_CL_m, op_rol_Ev_CL_r16;
extern const struct handler op_rol_Ev_CL_m16, op_rol_Ev_CL_r32, op_rol_Ev_CL_m32, op_ror_Eb_1_r, op_ror_Eb_1_m;
extern const struct handler op_ror_Ev_1_r16, op_ror_Ev_1_m16, op_ror_Ev_1_r32, op_ror_Ev_1_m32, op_ror_Eb_Ib_r;
extern const struct handler op_ror_Eb_Ib_m, op_ror_Ev_Ib_r16, op_ror_Ev_Ib_m16, op_ror_Ev_Ib_r32, op_ror_Ev_Ib_m32;
extern const struct handler op_ror_Eb_CL_r, op_ror_Eb_CL_m, op_ror_Ev_CL_r16, op_ror_Ev_CL_m16, op_ror_Ev_CL_r32;
extern const struct handler op_ror_Ev_CL_m32, op_rcl_Eb_1_r, op_rcl_Eb_1_m, op_rcl_Ev_1_r16, op_rcl_Ev_1_m16;
extern const struct handler op_rcl_Ev_1_r32, op_rcl_Ev_1_m32, op_rcl_Eb_Ib_r, op_rcl_Eb_Ib_m, op_rcl_Ev_Ib_r16;
extern const struct handler op_rcl_Ev_Ib_m16, op_rcl_Ev_Ib_r32, op_rcl_Ev_Ib_m32, op_rcl_Eb_CL_r, op_rcl_Eb_CL_m;
extern const struct handler op_rcl_Ev_CL_r16, op_rcl_Ev_CL_m16, op_rcl_Ev_CL_r32, op_rcl_Ev_CL_m32, op_rcr_Eb_1_r;
extern const struct handler op_rcr_Eb_1_m, op_rcr_Ev_1_r16, op_rcr_Ev_1_m16, op_rcr_Ev_1_r32, op_rcr_Ev_1_m32;
extern const struct handler op_rcr_Eb_Ib_r, op_rcr_Eb_Ib_m, op_rcr_Ev_Ib_r16, op_rcr_Ev_Ib_m16, op_rcr_Ev_Ib_r32;
extern const struct handler op_rcr_Ev_Ib_m32, op_rcr_Eb_CL_r, op_rcr_Eb_CL_m, op_rcr_Ev_CL_r16, op_rcr_Ev_CL_m16;
extern const struct handler op_rcr_Ev_CL_r32, op_rcr_Ev_CL_m32, op_shl_Eb_1_r, op_shl_Eb_1_m, op_shl_Ev_1_r16;
extern const struct handler op_shl_Ev_1_m16, op_shl_Ev_1_r32, op_shl_Ev_1_m32, op_shl_Eb_Ib_r, op_shl_Eb_Ib_m;
extern const struct handler op_shl_Ev_Ib_r16, op_shl_Ev_Ib_m16, op_shl_Ev_Ib_r32, op_shl_Ev_Ib_m32, op_shl_Eb_CL_r;
extern const struct handler op_shl_Eb_CL_m, op_shl_Ev_CL_r16, op_shl_Ev_CL_m16, op_shl_Ev_CL_r32, op_shl_Ev_CL_m32;
extern const struct handler op_shr_Eb_1_r, op_shr_Eb_1_m, op_shr_Ev_1_r16, op_shr_Ev_1_m16, op_shr_Ev_1_r32;
extern const struct handler op_shr_Ev_1_m32, op_shr_Eb_Ib_r, op_shr_Eb_Ib_m, op_shr_Ev_Ib_r16, op_shr_Ev_Ib_m16;
extern const struct handler op_shr_Ev_Ib_r32, op_shr_Ev_Ib_m32, op_shr_Eb_CL_r, op_shr_Eb_CL_m, op_shr_Ev_CL_r16;
extern const struct handler op_shr_Ev_CL_m16, op_shr_Ev_CL_r32, op_shr_Ev_CL_m32, op_sar_Eb_1_r, op_sar_Eb_1_m;
extern const struct handler op_sar_Ev_1_r16, op_sar_Ev_1_m16, op_sar_Ev_1_r32, op_sar_Ev_1_m32, op_sar_Eb_Ib_r;
extern const struct handler op_sar_Eb_Ib_m, op_sar_Ev_Ib_r16, op_sar_Ev_Ib_m16, op_sar_Ev_Ib_r32, op_sar_Ev_Ib_m32;
extern const struct handler op_sar_Eb_CL_r, op_sar_Eb_CL_m, op_sar_Ev_CL_r16, op_sar_Ev_CL_m16, op_sar_Ev_CL_r32;
extern const struct handler op_sar_Ev_CL_m32, op_shld_Ev_Gv_Ib_r16, op_shld_Ev_Gv_Ib_r32, op_shld_Ev_Gv_CL_r16;
extern const struct handler op_shld_Ev_Gv_CL_r32, op_shrd_Ev_Gv_Ib_r16, op_shrd_Ev_Gv_Ib_r32, op_shrd_Ev_Gv_CL_r16;
extern const struct handler op_shrd_Ev_Gv_CL_r32;

/* op_muldiv.c */
op_fn op_mul_Eb_r, op_mul_Eb_m, op_mul_Ev_r16, op_mul_Ev_m16, op_mul_Ev_r32, op_mul_Ev_m32, op_imul_Eb_r, op_imul_Eb_m;
op_fn op_imul_Ev_r16, op_imul_Ev_m16, op_imul_Ev_r32, op_imul_Ev_m32, op_div_Eb_r, op_div_Eb_m, op_div_Ev_r16;
op_fn op_div_Ev_m16, op_div_Ev_r32, op_div_Ev_m32, op_idiv_Eb_r, op_idiv_Eb_m, op_idiv_Ev_r16, op_idiv_Ev_m16;
op_fn op_idiv_Ev_r32, op_idiv_Ev_m32, op_imul_Gv_Ev_m16, op_imul_Gv_Ev_m32, op_imul_Gv_Ev_Iv_m16, op_imul_Gv_Ev_Iv_m32;
extern const struct handler op_imul_Gv_Ev_r16, op_imul_Gv_Ev_r32, op_imul_Gv_Ev_Iv_r16, op_imul_Gv_Ev_Iv_r32;

/* op_move.c */
op_fn op_nop, op_xlat;
extern const struct handler op_xchg_Eb_Gb_m, op_xchg_Ev_Gv_m16, op_xchg_Ev_Gv_m32, op_mov_Eb_Gb_r, op_mov_Eb_Gb_m;
extern const struct handler op_mov_Ev_Gv_r16, op_mov_Ev_Gv_m16, op_mov_Ev_Gv_r32, op_mov_Ev_Gv_m32, op_mov_Gb_Eb_r;
extern const struct handler op_mov_Gb_Eb_m, op_mov_Gv_Ev_r16, op_mov_Gv_Ev_m16, op_mov_Gv_Ev_r32, op_mov_Gv_Ev_m32;
extern const struct handler op_mov_Eb_Ib_r, op_mov_Eb_Ib_m, op_mov_Ev_Iv_r16, op_mov_Ev_Iv_m16, op_mov_Ev_Iv_r32;
extern const struct handler op_mov_Ev_Iv_m32, op_mov_Zb_Ib, op_mov_Zv_Iv_16, op_mov_Zv_Iv_32, op_mov_AL_Ob;
extern const struct handler op_mov_eAX_Ov_16, op_mov_eAX_Ov_32, op_mov_Ob_AL, op_mov_Ov_eAX_16, op_mov_Ov_eAX_32;
extern const struct handler op_xchg_Eb_Gb_r, op_xchg_Ev_Gv_r16, op_xchg_Ev_Gv_r32, op_xchg_Zv_eAX_16, op_xchg_Zv_eAX_32;
extern const struct handler op_lea_Gv_M_m16, op_lea_Gv_M_m32, op_movzx_Gv_Eb_r16, op_movzx_Gv_Eb_m16;
extern const struct handler op_movzx_Gv_Eb_r32, op_movzx_Gv_Eb_m32, op_movzx_Gv_Ew_r16, op_movzx_Gv_Ew_m16;
extern const struct handler op_movzx_Gv_Ew_r32, op_movzx_Gv_Ew_m32, op_movsx_Gv_Eb_r16, op_movsx_Gv_Eb_m16;
extern const struct handler op_movsx_Gv_Eb_r32, op_movsx_Gv_Eb_m32, op_movsx_Gv_Ew_r16, op_movsx_Gv_Ew_m16;
extern const struct handler op_movsx_Gv_Ew_r32, op_movsx_Gv_Ew_m32, op_cbw_16, op_cbw_32, op_cwd_16, op_cwd_32;

/* op_stack.c */
op_fn op_pop_Ev_m16, op_pop_Ev_m32, op_pusha_16, op_pusha_32, op_popa_16, op_popa_32, op_enter_Iw_Ib_16;
op_fn op_enter_Iw_Ib_32;
extern const struct handler op_push_Zv_16, op_push_Zv_32, op_push_Ev_r16, op_push_Ev_m16, op_push_Ev_r32;
extern const struct handler op_push_Ev_m32, op_push_Iv_16, op_push_Iv_32, op_pop_Zv_16, op_pop_Zv_32, op_pop_Ev_r16;
extern const struct handler op_pop_Ev_r32, op_leave_16, op_leave_32;

/* op_flow.c */
extern const struct handler op_jo_Jv_16, op_jo_Jv_32, op_seto_Eb_r, op_seto_Eb_m, op_jno_Jv_16, op_jno_Jv_32;
extern const struct handler op_setno_Eb_r, op_setno_Eb_m, op_jb_Jv_16, op_jb_Jv_32, op_setb_Eb_r, op_setb_Eb_m;
extern const struct handler op_jnb_Jv_16, op_jnb_Jv_32, op_setnb_Eb_r, op_setnb_Eb_m, op_jz_Jv_16, op_jz_Jv_32;
extern const struct handler op_setz_Eb_r, op_setz_Eb_m, op_jnz_Jv_16, op_jnz_Jv_32, op_setnz_Eb_r, op_setnz_Eb_m;
extern const struct handler op_jbe_Jv_16, op_jbe_Jv_32, op_setbe_Eb_r, op_setbe_Eb_m, op_jnbe_Jv_16, op_jnbe_Jv_32;
extern const struct handler op_setnbe_Eb_r, op_setnbe_Eb_m, op_js_Jv_16, op_js_Jv_32, op_sets_Eb_r, op_sets_Eb_m;
extern const struct handler op_jns_Jv_16, op_jns_Jv_32, op_setns_Eb_r, op_setns_Eb_m, op_jp_Jv_16, op_jp_Jv_32;
extern const struct handler op_setp_Eb_r, op_setp_Eb_m, op_jnp_Jv_16, op_jnp_Jv_32, op_setnp_Eb_r, op_setnp_Eb_m;
extern const struct handler op_jl_Jv_16, op_jl_Jv_32, op_setl_Eb_r, op_setl_Eb_m, op_jnl_Jv_16, op_jnl_Jv_32;
extern const struct handler op_setnl_Eb_r, op_setnl_Eb_m, op_jle_Jv_16, op_jle_Jv_32, op_setle_Eb_r, op_setle_Eb_m;
extern const struct handler op_jnle_Jv_16, op_jnle_Jv_32, op_setnle_Eb_r, op_setnle_Eb_m, op_loop_Jb_16, op_loop_Jb_32;
extern const struct handler op_loope_Jb_16, op_loope_Jb_32, op_loopne_Jb_16, op_loopne_Jb_32, op_jcxz_Jb_16;
extern const struct handler op_jcxz_Jb_32, op_jmp_Jv_16, op_jmp_Jv_32, op_jmp_Ev_r16, op_jmp_Ev_m16, op_jmp_Ev_r32;
extern const struct handler op_jmp_Ev_m32, op_call_Jv_16, op_call_Jv_32, op_call_Ev_r16, op_call_Ev_m16, op_call_Ev_r32;
extern const struct handler op_call_Ev_m32, op_ret_16, op_ret_32, op_ret_Iw_16, op_ret_Iw_32;

/* op_string.c */
op_fn op_movs_Yb_Xb, op_movs_Yv_Xv_16, op_movs_Yv_Xv_32, op_stos_Yb_AL, op_stos_Yv_eAX_16, op_stos_Yv_eAX_32;
op_fn op_lods_AL_Xb, op_lods_eAX_Xv_16, op_lods_eAX_Xv_32, op_scas_AL_Yb, op_scas_eAX_Yv_16, op_scas_eAX_Yv_32;
op_fn op_cmps_Xb_Yb, op_cmps_Xv_Yv_16, op_cmps_Xv_Yv_32;

/* op_bit.c */
op_fn op_bt_Ev_Gv_r16, op_bt_Ev_Gv_m16, op_bt_Ev_Gv_r32, op_bt_Ev_Gv_m32, op_bt_Ev_Ib_r16, op_bt_Ev_Ib_m16;
op_fn op_bt_Ev_Ib_r32, op_bt_Ev_Ib_m32, op_bts_Ev_Gv_r16, op_bts_Ev_Gv_m16, op_bts_Ev_Gv_r32, op_bts_Ev_Gv_m32;
op_fn op_bts_Ev_Ib_r16, op_bts_Ev_Ib_m16, op_bts_Ev_Ib_r32, op_bts_Ev_Ib_m32, op_btr_Ev_Gv_r16, op_btr_Ev_Gv_m16;
op_fn op_btr_Ev_Gv_r32, op_btr_Ev_Gv_m32, op_btr_Ev_Ib_r16, op_btr_Ev_Ib_m16, op_btr_Ev_Ib_r32, op_btr_Ev_Ib_m32;
op_fn op_btc_Ev_Gv_r16, op_btc_Ev_Gv_m16, op_btc_Ev_Gv_r32, op_btc_Ev_Gv_m32, op_btc_Ev_Ib_r16, op_btc_Ev_Ib_m16;
op_fn op_btc_Ev_Ib_r32, op_btc_Ev_Ib_m32, op_bsf_Gv_Ev_r16, op_bsf_Gv_Ev_m16, op_bsf_Gv_Ev_r32, op_bsf_Gv_Ev_m32;
op_fn op_bsr_Gv_Ev_r16, op_bsr_Gv_Ev_m16, op_bsr_Gv_Ev_r32, op_bsr_Gv_Ev_m32, op_bswap_Zv_16, op_bswap_Zv_32;
op_fn op_xadd_Eb_Gb_r, op_xadd_Eb_Gb_m, op_xadd_Ev_Gv_r16, op_xadd_Ev_Gv_m16, op_xadd_Ev_Gv_r32, op_xadd_Ev_Gv_m32;
op_fn op_cmpxchg_Eb_Gb_r, op_cmpxchg_Eb_Gb_m, op_cmpxchg_Ev_Gv_r16, op_cmpxchg_Ev_Gv_m16, op_cmpxchg_Ev_Gv_r32;
op_fn op_cmpxchg_Ev_Gv_m32;

/* op_bcd.c */
op_fn op_daa, op_das, op_aaa, op_aas, op_aam_Ib, op_aad_Ib;

/* op_status.c */
op_fn op_clc, op_stc, op_cmc, op_cld, op_std, op_lahf, op_sahf, op_salc;

#endif
